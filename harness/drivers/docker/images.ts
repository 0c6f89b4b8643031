/**
 * The one image of a cluster, built once for each content of its Dockerfile and base.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Problem } from '../../core/errors.ts';
import { EXIT, SnowglobeError, environmentLacks, messageOf, problem } from '../../core/errors.ts';
import type { Docker } from './engine.ts';
import { statusOf, within } from './engine.ts';
import { NATIVE_FOLDER } from '../agent/clocks/clock-tools.ts';
import type { ClockTools } from '../agent/clocks/clock-backend.ts';
import type { HostFiles } from './host-base.ts';
import { followed, hostBaseTag, hostFiles, IMAGE_CLOCK_TOOLS, IMAGE_SLOW_SYNC, importHostBase } from './host-base.ts';

export const PUBLIC_BASE = 'node:24-bookworm-slim';
export const BASE_VARIABLE = 'SNOWGLOBE_BASE_IMAGE';
/** Where the Dockerfile puts what restores snapshots of its etcd. */
export const RESTORER = '/usr/lib/snowglobe/etcd-restorer';
/** The folder with PostgreSQL's programs, whatever its version. */
export const POSTGRES_PROGRAMS = '/usr/lib/snowglobe/postgres';

/** The build sees the folder of the drivers, for the sources of the clock tools. */
const CONTEXT = dirname(import.meta.dirname);
const DOCKERFILE = join(basename(import.meta.dirname), 'Dockerfile');

const REGISTRY_MS = 4_000;
/** A pull that says nothing for so long is given up. */
const PULL_SILENCE_MS = 30_000;

/** The base that is going to be used, and why that one. */
export type Base = RegistryBase | HostBase;

interface BaseFacts {
  readonly reference: string;
  /** Whether it is on this machine already. */
  readonly here: boolean;
  readonly why: string;
}

interface RegistryBase extends BaseFacts {
  readonly kind: 'registry';
  /** What to take when it turns out that it cannot be had. */
  readonly otherwise?: HostBase;
}

interface HostBase extends BaseFacts {
  readonly kind: 'host';
  readonly files: HostFiles;
}

export interface Image {
  readonly reference: string;
  readonly base: string;
  /** What skews clocks in it. */
  readonly clockTools: ClockTools;
  /** What slows disks in it. */
  readonly slowSync: string | undefined;
}

/**
 * Chooses the base: the one that the user names; the public one where it is at hand or its registry answers; else one of
 * this machine's own files. Pulls and builds nothing. A base of this machine that was built before is taken at once: a
 * registry that could not be reached then is not asked again.
 */
export async function chooseBase(docker: Docker): Promise<Base | readonly Problem[]> {
  const named = process.env[BASE_VARIABLE];
  if (named !== undefined && named !== '') {
    const here = await hasImage(docker, named);
    return { kind: 'registry', reference: named, here, why: `${BASE_VARIABLE} names it` };
  }
  if (await hasImage(docker, PUBLIC_BASE))
    return { kind: 'registry', reference: PUBLIC_BASE, here: true, why: 'it is on this machine' };
  const files = await hostFiles();
  const host = files instanceof Map ? await hostBase(docker, files, 'it was built here before') : undefined;
  if (host?.here === true) return host;
  const unreachable = await registryProblem(docker, PUBLIC_BASE);
  if (unreachable === undefined)
    return {
      kind: 'registry',
      reference: PUBLIC_BASE,
      here: false,
      why: 'its registry answers',
      ...(host === undefined ? {} : { otherwise: { ...host, why: `${PUBLIC_BASE} could not be had` } }),
    };
  if (host !== undefined) return { ...host, why: `the registry of ${PUBLIC_BASE} does not answer` };
  return [
    problem(
      `The image ${PUBLIC_BASE} cannot be had: ${unreachable}.`,
      `Pull it, or set ${BASE_VARIABLE} to an image with Node 24 that you have, or install what follows for an image of this machine's own programs.`,
    ),
    ...(files as readonly Problem[]),
  ];
}

/** The image for a base, or for the one to take when that cannot be had; builds what is missing. */
export async function ensureImage(
  docker: Docker,
  base: Base,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Image> {
  try {
    return await imageOn(docker, base, log, signal);
  } catch (error) {
    if (signal.aborted || base.kind === 'host' || base.otherwise === undefined) throw error;
    log(`docker: ${messageOf(error)}`);
    return imageOn(docker, base.otherwise, log, signal);
  }
}

/** The image on a base, when it has been built. */
export async function builtImage(docker: Docker, base: Base): Promise<string | undefined> {
  const reference = base.here ? await referenceOn(docker, base) : undefined;
  return reference !== undefined && (await hasImage(docker, reference)) ? reference : undefined;
}

/**
 * What skews clocks in the image on a base. One of this machine's own files has what could be built here; on any other
 * the Dockerfile builds the rest, and the probe of each run finds out whether it could.
 */
export function clockToolsOn(base: Base): ClockTools {
  if (base.kind === 'registry') return IMAGE_CLOCK_TOOLS;
  const { files } = base;
  return new Map([...IMAGE_CLOCK_TOOLS].filter(([backend, path]) => backend === 'libfaketime' || files.has(path)));
}

/** What slows disks in the image on a base, as `clockToolsOn` tells of clocks. */
export function slowSyncOn(base: Base): string | undefined {
  return base.kind === 'registry' || base.files.has(IMAGE_SLOW_SYNC) ? IMAGE_SLOW_SYNC : undefined;
}

/** Whether the image on a base has a PostgreSQL, as `clockToolsOn` tells of clocks: the Dockerfile installs it on any other. */
export function hasPostgres(base: Base): boolean {
  return base.kind === 'registry' || [...base.files.keys()].some((file) => file.endsWith('/bin/postgres'));
}

/** The name that the image on a base has: same Dockerfile, same sources, same base, same name. */
async function referenceOn(docker: Docker, base: Base): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(CONTEXT, DOCKERFILE), 'utf8'));
  for (const source of (await readdir(NATIVE_FOLDER)).sort()) hash.update(await readFile(join(NATIVE_FOLDER, source)));
  const { Id: baseId } = await docker.getImage(base.reference).inspect();
  return `snowglobe:${hash.update(baseId).digest('hex').slice(0, 12)}`;
}

async function imageOn(docker: Docker, base: Base, log: (line: string) => void, signal: AbortSignal): Promise<Image> {
  if (!base.here) await fetchBase(docker, base, log, signal);
  const reference = await referenceOn(docker, base);
  if (!(await hasImage(docker, reference))) {
    const lap = stopwatch();
    log(`docker: building ${reference} on ${base.reference} …`);
    await build(docker, reference, base.reference, signal);
    log(`docker: built ${reference} in ${lap()} s; it is used again from now on`);
  }
  return { reference, base: base.reference, clockTools: clockToolsOn(base), slowSync: slowSyncOn(base) };
}

async function hostBase(docker: Docker, files: HostFiles, why: string): Promise<HostBase> {
  const reference = await hostBaseTag(files);
  return { kind: 'host', reference, here: await hasImage(docker, reference), why, files };
}

async function fetchBase(docker: Docker, base: Base, log: (line: string) => void, signal: AbortSignal): Promise<void> {
  const lap = stopwatch();
  if (base.kind === 'host') {
    log(`docker: making ${base.reference} of this machine's own programs, as ${base.why} …`);
    await importHostBase(docker, base.reference, base.files);
  } else {
    log(`docker: pulling ${base.reference} …`);
    await pull(docker, base.reference, signal);
  }
  log(`docker: ${base.reference} is here after ${lap()} s`);
}

export async function pull(
  docker: Docker,
  reference: string,
  signal: AbortSignal,
  remedy = `Pull it by hand (docker pull ${reference}), or set ${BASE_VARIABLE} to an image with Node 24 that you have.`,
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Error(`nothing came for ${PULL_SILENCE_MS / 1000} s`)),
    PULL_SILENCE_MS,
  );
  try {
    const stream = await docker.pull(reference, { abortSignal: AbortSignal.any([signal, silence.signal]) });
    await followed(docker, stream, () => timer.refresh());
  } catch (error) {
    signal.throwIfAborted();
    throw environmentLacks(
      `The image ${reference} cannot be pulled: ${messageOf(silence.signal.reason ?? error)}.`,
      remedy,
    );
  } finally {
    clearTimeout(timer);
  }
}

/**
 * By dockerode, not by testcontainers' builder: that one does not tell of a build that failed. The classic builder of the
 * plain API, so that neither buildx nor its plug-in is needed.
 */
async function build(docker: Docker, reference: string, base: string, signal: AbortSignal): Promise<void> {
  const said: string[] = [];
  try {
    const stream = await docker.buildImage(
      { context: CONTEXT, src: [DOCKERFILE, relative(CONTEXT, NATIVE_FOLDER)] },
      {
        t: reference,
        dockerfile: DOCKERFILE,
        buildargs: { BASE: base },
        labels: { 'snowglobe.image': base },
        rm: true,
        forcerm: true,
        abortSignal: signal,
      },
    );
    await followed(docker, stream, (line) => said.push(line));
  } catch (error) {
    signal.throwIfAborted();
    throw new SnowglobeError(
      EXIT.environment,
      [
        problem(
          `The image on ${base} cannot be built: ${messageOf(error)}.\n${said.slice(-15).join('\n')}\n`,
          `Give the build access to Debian's packages, or set ${BASE_VARIABLE} to an image with Node 24, etcd, nft and libfaketime.`,
        ),
      ],
      { cause: error },
    );
  }
}

export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  try {
    await docker.getImage(reference).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Why the engine cannot ask the image's registry, or undefined when it can. */
export async function registryProblem(docker: Docker, reference: string): Promise<string | undefined> {
  try {
    await within(REGISTRY_MS, docker.getImage(reference).distribution());
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function stopwatch(): () => string {
  const from = performance.now();
  return () => ((performance.now() - from) / 1000).toFixed(1);
}
