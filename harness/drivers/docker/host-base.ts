/**
 * A base image made of this machine's own programs, for machines that reach no registry: Node, etcd, nft, libfaketime,
 * a shell, and the shared libraries that they load. Linux only: programs of another system run in no container.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Problem } from '../../core/errors.ts';
import { messageOf, problem } from '../../core/errors.ts';
import { postgresFiles } from './postgres-files.ts';
import { buildClockTools, slowSyncIn, toolsIn } from '../agent/clocks/clock-tools.ts';
import type { ClockTools } from '../agent/clocks/clock-backend.ts';
import { OWN_GROUP, outputOf, ProgramFailed } from '../agent/own-group.ts';
import type { Docker } from './engine.ts';

/** What the cluster runs, and the Debian package that has it. */
const PROGRAMS = { etcd: 'etcd-server', etcdctl: 'etcd-client', nft: 'nftables', tc: 'iproute2' } as const;
/** What a shell script of a few lines needs. */
const BASICS = ['cat', 'chmod', 'env', 'ln', 'ls', 'mkdir', 'mv', 'rm', 'setpriv', 'sleep'] as const;
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
/** glibc loads these by name at run time, so `ldd` does not tell of them. */
const NAME_SERVICES = '/{lib,usr/lib}/*-linux-gnu/{libnss_files,libnss_dns,libresolv}.so.2';

/** Where the tools that skew clocks are in every image, by their backends. */
export const IMAGE_CLOCK_TOOLS: ClockTools = new Map([
  ['libfaketime', '/usr/lib/snowglobe/libfaketimeMT.so.1'],
  ...toolsIn('/usr/lib/snowglobe'),
]);

/** Where the tool that slows disks is in every image. */
export const IMAGE_SLOW_SYNC = slowSyncIn('/usr/lib/snowglobe');

/** Files of the image: where each will be, and where it is now. */
export type HostFiles = ReadonlyMap<string, string>;

/** The files of a base image, or what this machine lacks for one. */
export async function hostFiles(): Promise<HostFiles | readonly Problem[]> {
  if (process.platform !== 'linux')
    return [problem('Programs of this system run in no Linux container.', 'Give the engine access to a registry.')];
  const problems: Problem[] = [];
  const files = new Map([['/usr/local/bin/node', process.execPath]]);
  for (const name of ['sh', ...BASICS]) {
    const found = findProgram(name);
    if (found === undefined) problems.push(problem(`This machine has no program ${name}.`, `Install ${name}.`));
    else files.set(name === 'sh' ? '/bin/sh' : `/usr/bin/${name}`, found);
  }
  for (const [name, debian] of Object.entries(PROGRAMS)) {
    const found = findProgram(name);
    if (found === undefined)
      problems.push(problem(`This machine has no program ${name}.`, `Install it: apt-get install ${debian}.`));
    else files.set(`${name.startsWith('etcd') ? '/usr/bin' : '/usr/sbin'}/${name}`, found);
  }
  const [faketime] = globSync('/{usr/lib,usr/lib64,usr/local/lib}/{,*/}faketime/libfaketimeMT.so.1');
  if (faketime === undefined)
    problems.push(problem('This machine has no libfaketimeMT.so.1.', 'Install it: apt-get install libfaketime.'));
  else files.set('/usr/lib/host/faketime/libfaketimeMT.so.1', faketime);
  if (problems.length > 0) return problems;
  const { tools, slowSync } = await buildClockTools(findProgram(process.env['CC'] ?? 'cc'));
  for (const [backend, path] of IMAGE_CLOCK_TOOLS)
    if (tools.has(backend)) files.set(path, tools.get(backend) as string);
  if (slowSync !== undefined) files.set(IMAGE_SLOW_SYNC, slowSync);
  for (const file of postgresFiles()) files.set(file, file);
  const programs = [...files.values()].filter((file) => !file.startsWith('/usr/share/'));
  const libraries = await Promise.all(programs.map(librariesOf));
  for (const library of [...libraries.flat(), ...globSync(NAME_SERVICES)]) files.set(library, library);
  return files;
}

/** The tag of the image that these files make: same contents, same tag. */
export async function hostBaseTag(files: HostFiles): Promise<string> {
  const hash = createHash('sha256');
  for (const target of [...files.keys()].sort()) {
    hash.update(`${target}\0`);
    hash.update(
      createHash('sha256')
        .update(await readFile(files.get(target) as string))
        .digest(),
    );
  }
  return `snowglobe-base:${hash.digest('hex').slice(0, 12)}`;
}

/** Imports the files as an image. */
export async function importHostBase(docker: Docker, tag: string, files: HostFiles): Promise<void> {
  const staging = await mkdtemp(join(tmpdir(), 'snowglobe-base-'));
  try {
    await stage(staging, files);
    const [repo, version] = tag.split(':') as [string, string];
    const answer = await docker.importImage(pack(staging), {
      repo,
      tag: version,
      changes: 'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    });
    await followed(docker, answer);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Waits for the end of an engine's progress stream; rejects with the error that it tells of. */
export async function followed(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null) => (error === null ? resolve() : reject(error)),
      (event: { readonly stream?: string; readonly status?: string }) => {
        const line = (event.stream ?? event.status ?? '').trim();
        if (line !== '') onLine(line);
      },
    );
  });
}

/** A tree of links: packed with links followed, it costs no copy of what it names. */
async function stage(folder: string, files: HostFiles): Promise<void> {
  for (const empty of ['tmp', 'proc', 'sys', 'dev', 'etc', 'run', 'var', 'root']) await mkdir(join(folder, empty));
  await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n');
  await writeFile(join(folder, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  await writeFile(join(folder, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  for (const [target, source] of files) {
    await mkdir(dirname(join(folder, target)), { recursive: true });
    await symlink(realpathSync(source), join(folder, target));
  }
}

function pack(folder: string): Readable {
  const tar = spawn(
    'tar',
    ['--dereference', '--owner=0', '--group=0', '--mode=u+rw,go+rX', '-C', folder, '-cf', '-', '.'],
    { ...OWN_GROUP, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let complaint = '';
  tar.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  tar.on('error', (error) => tar.stdout.destroy(error));
  tar.on('exit', (code) => {
    if (code !== 0) tar.stdout.destroy(new Error(`tar ended with ${code}: ${complaint}`));
  });
  return tar.stdout;
}

function findProgram(name: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(':'), ...FOLDERS]
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(existsSync);
}

/** The shared libraries that a program loads, the loader included; none for a static one. */
async function librariesOf(file: string): Promise<readonly string[]> {
  try {
    const stdout = await outputOf('ldd', [file]);
    return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+)/gm)].map(([, path]) => path as string);
  } catch (error) {
    const said = `${error instanceof ProgramFailed ? error.stdout : ''}${messageOf(error)}`;
    if (/not a dynamic executable|statically linked/.test(said)) return [];
    throw error;
  }
}
