/**
 * Proves on a throw-away container, set up as a node is, what only a trial can show: that a file written inside is read
 * outside and belongs to the caller, and that the clock inside moves when it is set from outside.
 */
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentLacks } from '../../core/errors.ts';
import { z } from '../../core/schema.ts';
import { FaketimeClock } from '../agent/faketime.ts';
import { startContainer } from './container.ts';
import type { Container, Docker } from './engine.ts';
import { tolerating } from './engine.ts';
import { partName } from './labels.ts';
import { nodeSurroundings } from './members.ts';

export interface ProbeContext {
  readonly docker: Docker;
  readonly image: string;
  readonly runId: string;
  readonly labels: Record<string, string>;
  readonly folder: string;
  readonly user: string;
  /** Whom a file written inside must belong to; undefined where the system has no such thing. */
  readonly ownerUid: number | undefined;
}

/** What the image has, as the programs themselves say. */
export interface ImageVersions {
  readonly node: string;
  readonly etcd: string;
}

const readingSchema = z.object({ wallMs: z.number(), node: z.string(), etcd: z.string() });
type Reading = z.output<typeof readingSchema>;

/** Runs inside: writes down its clock, over and over. */
const SCRIPT = `
const { execFileSync } = require('node:child_process');
const { renameSync, writeFileSync } = require('node:fs');
const etcd = /etcd Version: (\\S+)/.exec(execFileSync('etcd', ['--version'], { env: { PATH: process.env.PATH } }).toString())[1];
const file = process.env.SNOWGLOBE_TAPS + '/reading';
setInterval(() => {
  writeFileSync(file + '.new', JSON.stringify({ wallMs: Date.now(), node: process.version, etcd }));
  renameSync(file + '.new', file);
}, 5);
`;

const STEP_MS = -3_600_000;
/** Between a reading and its arrival. */
const TOLERANCE_MS = 5_000;
const STARTS_MS = 20_000;
const MOVES_MS = 5_000;
const POLL_MS = 10;

export async function prove(context: ProbeContext): Promise<ImageVersions> {
  const folder = join(context.folder, 'probe');
  const folders = { taps: join(folder, 'taps'), clocks: join(folder, 'clocks') };
  await Promise.all(Object.values(folders).map((each) => mkdir(each, { recursive: true })));
  const clock = new FaketimeClock(join(folders.clocks, 'probe'), () => Date.now());
  await clock.set({ offsetMs: 0, rate: 1 });
  const container = await startProbe(context, folders);
  try {
    const file = join(folders.taps, 'reading');
    const first = await readingOf(file, STARTS_MS, () => true);
    if (first === undefined) throw notReadOutside(context.folder, await lastWords(container));
    await checkOwner(file, context.ownerUid);
    await clock.set({ offsetMs: STEP_MS, rate: 1 });
    const moved = await readingOf(
      file,
      MOVES_MS,
      ({ wallMs }) => Math.abs(wallMs - Date.now() - STEP_MS) < TOLERANCE_MS,
    );
    if (moved === undefined) throw clockStands(context.image);
    return { node: first.node, etcd: first.etcd };
  } finally {
    await tolerating([404], container.remove({ force: true }));
    await rm(folder, { recursive: true, force: true });
  }
}

async function startProbe(context: ProbeContext, folders: { taps: string; clocks: string }): Promise<Container> {
  const { preload, environment, mounts } = nodeSurroundings('probe', folders);
  const { container } = await startContainer(context.docker, {
    image: context.image,
    name: partName(context.runId, 'probe'),
    labels: context.labels,
    command: ['env', `LD_PRELOAD=${preload}`, 'node', '-e', SCRIPT],
    environment,
    user: context.user,
    network: 'none',
    host: { Mounts: [...mounts] },
  });
  return container;
}

async function readingOf(
  file: string,
  forMs: number,
  wanted: (reading: Reading) => boolean,
): Promise<Reading | undefined> {
  const giveUp = performance.now() + forMs;
  while (performance.now() < giveUp) {
    const reading = await read(file);
    if (reading !== undefined && wanted(reading)) return reading;
    await delay(POLL_MS);
  }
  return undefined;
}

async function read(file: string): Promise<Reading | undefined> {
  try {
    return readingSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function checkOwner(file: string, ownerUid: number | undefined): Promise<void> {
  const { uid } = await stat(file);
  if (ownerUid === undefined || uid === ownerUid) return;
  throw environmentLacks(
    `A file written in a container belongs to user ${uid}, not to you (${ownerUid}).`,
    'Use an engine that does not remap users (userns-remap), or take --driver local.',
  );
}

function notReadOutside(folder: string, said: string): Error {
  const words = said === '' ? '' : ` The container said: ${said}`;
  return environmentLacks(
    `A file written in a container at a mount of ${folder} was not read there within ${STARTS_MS / 1000} s.${words}`,
    'Take an engine on this machine that shares this folder (Docker Desktop: Settings, Resources, File sharing), or --driver local.',
    folder,
  );
}

function clockStands(image: string): Error {
  return environmentLacks(
    `The clock in a container of ${image} did not follow its setting within ${MOVES_MS / 1000} s.`,
    'Set SNOWGLOBE_BASE_IMAGE to an image with glibc (not musl) and libfaketime, or take --driver local.',
  );
}

async function lastWords(container: Container): Promise<string> {
  const log = await container.logs({ stdout: true, stderr: true, tail: 5 });
  return stripFrames(log).trim();
}

/** The engine puts eight bytes before each piece of output: stream and length. */
function stripFrames(log: Buffer): string {
  const pieces: string[] = [];
  for (let at = 0; at + 8 <= log.length;) {
    const length = log.readUInt32BE(at + 4);
    pieces.push(log.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return pieces.join('');
}
