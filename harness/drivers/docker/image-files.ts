/**
 * Files inside an image, looked at without starting anything of it: by the engine's archives of a container that is
 * created and never started.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { badInput, messageOf } from '../../core/errors.ts';
import { elfProgram, loaderAt, type Program, scriptAt, SCRIPTS_MAX } from '../agent/clocks/program.ts';
import { OWN_GROUP } from '../agent/own-group.ts';
import type { Container, Docker } from './engine.ts';
import { statusOf, tolerating } from './engine.ts';

const LINKS_MAX = 8;
/** Docker's own, for images that name none. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export class ImageFiles implements AsyncDisposable {
  readonly #container: Container;
  readonly #folder: string;
  #copies = 0;

  private constructor(container: Container, folder: string) {
    this.#container = container;
    this.#folder = folder;
  }

  /** `parent`: a folder for copies, of which nothing is left. */
  static async of(docker: Docker, image: string, labels: Record<string, string>, parent: string): Promise<ImageFiles> {
    const folder = await mkdtemp(join(parent, 'image-'));
    // A command has to be named where the image has none.
    const options = { Image: image, Entrypoint: ['none'], Labels: labels, HostConfig: { NetworkMode: 'none' } };
    return new ImageFiles(await docker.createContainer(options), folder);
  }

  /** A copy of a file on this machine, links followed; undefined: the image has no such file. */
  async copyOf(path: string): Promise<string | undefined> {
    let at = path;
    for (let links = 0; links < LINKS_MAX; links++) {
      const archive = await this.#archiveOf(at);
      if (archive === undefined) return undefined;
      const target = linkTarget(archive);
      if (target === '') {
        const copy = join(this.#folder, String(this.#copies++));
        await unpack(archive, copy);
        return copy;
      }
      // It may still be on its way, and then that it was left is an error of its own.
      archive.on('error', () => undefined).destroy();
      at = target;
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await tolerating([404], this.#container.remove({ force: true }));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #archiveOf(path: string): Promise<IncomingMessage | undefined> {
    try {
      return (await this.#container.getArchive({ path })) as IncomingMessage;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }
}

/** Writes the one file of an archive. */
export async function unpack(archive: Readable, copy: string): Promise<void> {
  const tar = spawn('tar', ['-xOf', '-'], { ...OWN_GROUP, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(tar, 'exit') as Promise<[number | null]>;
  // It ends with the mark at the end of the archive, which may be before all that is sent was taken: that is no error.
  const unsent = pipeline(archive, tar.stdin).then(
    () => undefined,
    (error: unknown) => error,
  );
  await pipeline(tar.stdout, createWriteStream(copy));
  const [exit] = await ended;
  if (exit !== 0) throw new Error(`tar does not unpack what the engine sends (exit ${exit})`, { cause: await unsent });
}

/** As the engine tells with each archive; empty for what is no link. It follows all links of the path. */
function linkTarget({ headers }: IncomingMessage): string {
  const facts = Buffer.from(String(headers['x-docker-container-path-stat'] ?? ''), 'base64').toString();
  return (JSON.parse(facts) as { readonly linkTarget?: string }).linkTarget ?? '';
}

/** Where a container finds files: in its image, and in folders of this machine that it sees at their own paths. */
export interface FilesInside {
  /** For messages. */
  readonly image: string;
  readonly files: ImageFiles;
  readonly mounted: readonly string[];
  /** What it looks for programs in. */
  readonly path: string;
  /** Where it is started. */
  readonly folder: string;
}

/**
 * What a word starts inside, and where that is there. Throws (exit 2), before anything is started, what keeps it from
 * running: no such program, no interpreter or loader, no program of 64-bit Linux.
 */
export async function programInside(
  word: string,
  inside: FilesInside,
): Promise<{ readonly path: string; readonly program: Program }> {
  const { image } = inside;
  const cannot = (why: string): Error =>
    badInput(
      `cannot be run in the image ${image}: ${why}.`,
      'Correct the command, or take an image that has it.',
      word,
    );
  const path = await locate(word, inside);
  if (path === undefined) throw cannot('it has no such program');
  let [at, after]: [Located, string | undefined] = [path, undefined];
  try {
    for (let scripts = 0; scripts < SCRIPTS_MAX; scripts++) {
      const script = scriptAt(at.copy);
      if (script === undefined) break;
      after ??= script.after;
      const next = await locate(script.runBy, inside);
      if (next === undefined) throw new Error(`it has no ${script.runBy}, which runs ${at.path}`);
      at = next;
    }
    const loader = loaderAt(at.copy);
    if (loader !== undefined && (await copyAt(loader, inside)) === undefined)
      throw new Error(`it has no ${loader}, which ${at.path} is linked for`);
  } catch (error) {
    throw cannot(messageOf(error).replace(at.copy, at.path));
  }
  const name = at.path.slice(at.path.lastIndexOf('/') + 1);
  return { path: path.path, program: { ...elfProgram(at.copy, name), ...(after !== undefined && { after }) } };
}

interface Located {
  /** Inside. */
  readonly path: string;
  /** On this machine. */
  readonly copy: string;
}

async function locate(word: string, inside: FilesInside): Promise<Located | undefined> {
  const paths = word.includes('/')
    ? [word.startsWith('/') ? word : join(inside.folder, word)]
    : inside.path.split(':').map((folder) => join(folder, word));
  for (const path of paths) {
    const copy = await copyAt(path, inside);
    if (copy !== undefined) return { path, copy };
  }
  return undefined;
}

async function copyAt(path: string, { files, mounted }: FilesInside): Promise<string | undefined> {
  if (mounted.some((folder) => path.startsWith(folder + sep))) return existsSync(path) ? path : undefined;
  return files.copyOf(path);
}
