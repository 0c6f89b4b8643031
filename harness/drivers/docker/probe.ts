/**
 * Proves on a throw-away container, set up as a node is, what only a trial can show: that the code inside is that outside,
 * that a file written inside is read outside and belongs to the caller, and that the clock inside moves when it is set
 * from outside.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ability } from '../../core/cluster.ts';
import { environmentLacks, messageOf } from '../../core/errors.ts';
import { z } from '../../core/schema.ts';
import { proveClock, readerProgram, untilReading } from '../agent/clocks/prove-clock.ts';
import { untouched } from '../agent/clocks/untouched.ts';
import { startContainer } from './container.ts';
import type { Container, Docker } from './engine.ts';
import { tolerating } from './engine.ts';
import { partName } from './labels.ts';
import { type ClockChoice, nodeSurroundings } from './members.ts';
import { mountRefused, notReadOutside, otherFileInside } from './mount-problem.ts';
import type { Mount } from './mounts.ts';

export interface ProbeContext {
  readonly docker: Docker;
  readonly image: string;
  readonly runId: string;
  readonly labels: Record<string, string>;
  readonly folder: string;
  /** The code that nodes run, and the files of it that are held against what is inside. */
  readonly code: { readonly mounts: readonly Mount[]; readonly files: readonly string[] };
  readonly user: string;
  readonly clock: ClockChoice;
  /** What the faults of the run need of a clock. */
  readonly needs: ReadonlySet<Ability>;
  /** Whom a file written inside must belong to; undefined where the system has no such thing. */
  readonly ownerUid: number | undefined;
}

/** What the image has, as the programs themselves say. */
export interface ImageVersions {
  readonly node: string;
  readonly etcd: string;
}

const factsSchema = z.looseObject({ node: z.string(), etcd: z.string(), code: z.array(z.string()) });
const DIGEST = 'sha256';

/** An expression that runs inside. Without a preload: etcd itself needs no other clock to tell its version. */
const factsOf = (files: readonly string[]): string => `{
  code: ${JSON.stringify(files)}.map((file) => {
    try {
      return require('node:crypto').createHash('${DIGEST}').update(require('node:fs').readFileSync(file)).digest('hex');
    } catch (error) {
      return String(error);
    }
  }),
  node: process.version,
  etcd: /etcd Version: (\\S+)/.exec(
    require('node:child_process').execFileSync('etcd', ['--version'], { env: { PATH: process.env.PATH } }).toString()
  )[1],
}`;

const STARTS_MS = 20_000;
/** The file of readings, in the folder of taps. */
const READING = 'reading';

export async function prove(context: ProbeContext): Promise<ImageVersions> {
  const folder = join(context.folder, 'probe');
  const folders = { taps: join(folder, 'taps'), clocks: join(folder, 'clocks') };
  await Promise.all(Object.values(folders).map((each) => mkdir(each, { recursive: true })));
  const clock = context.clock.backend.control(join(folders.clocks, 'probe'), () => Date.now());
  const container = await startProbe(context, folders);
  try {
    const file = join(folders.taps, READING);
    const first = await untilReading(file, STARTS_MS, () => true);
    if (first === undefined) throw notReadOutside(context.folder, STARTS_MS, await lastWords(container));
    const facts = factsSchema.parse(first);
    await checkCode(context.code.files, facts.code);
    await checkOwner(file, context.ownerUid);
    if (context.clock.backend === untouched) return facts;
    const missed = await proveClock(clock, file, context.needs);
    if (missed !== undefined) throw clockStands(context, missed);
    return facts;
  } finally {
    await tolerating([404], container.remove({ force: true }));
    await rm(folder, { recursive: true, force: true });
  }
}

async function startProbe(context: ProbeContext, folders: { taps: string; clocks: string }): Promise<Container> {
  const { prefix, environment, mounts } = nodeSurroundings('probe', folders, context.clock);
  const started = startContainer(context.docker, {
    image: context.image,
    name: partName(context.runId, 'probe'),
    labels: context.labels,
    command: [...prefix, 'node', '-e', readerProgram(factsOf(context.code.files))],
    environment: { ...environment, SNOWGLOBE_READING: `${environment['SNOWGLOBE_TAPS']}/${READING}` },
    user: context.user,
    network: 'none',
    host: { Mounts: [...context.code.mounts, ...mounts] },
  });
  try {
    return (await started).container;
  } catch (error) {
    throw mountRefused(messageOf(error)) ?? error;
  }
}

/** A folder of this name may be there on the engine's machine too, and be another one. */
async function checkCode(files: readonly string[], inside: readonly string[]): Promise<void> {
  for (const [index, file] of files.entries()) {
    const outside = createHash(DIGEST)
      .update(await readFile(file))
      .digest('hex');
    if (outside !== inside[index]) throw otherFileInside(file);
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

function clockStands({ image, clock }: ProbeContext, missed: string): Error {
  return environmentLacks(
    `The clock in a container of ${image} under ${clock.backend.name} ${missed}.`,
    'Set SNOWGLOBE_BASE_IMAGE to an image with glibc (not musl), libfaketime and a C compiler, or take --driver local.',
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
