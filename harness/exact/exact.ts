/**
 * Whether each ID was minted once, and in which order: exactly, over raw IDs in files, in memory that is bounded whatever
 * the input, in threads.
 *
 * One pass reads the order and tries the run certificate. Where that gives up, fingerprints of all IDs are compared; where
 * more of these are alike than can be looked up, the partition compares whole IDs.
 */
import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { badInput, messageOf } from '../core/errors.ts';
import { idBitsOf } from '../core/layout.ts';
import { certify } from './certificate.ts';
import { startCrew } from './crew.ts';
import { byFingerprints } from './fingerprint-passes.ts';
import { type Limits, LIMITS } from './limits.ts';
import { joinOrders } from './order.ts';
import { byPartition } from './partition-passes.ts';
import { cut } from './pieces.ts';
import { Progress, Region } from './work.ts';
import { gaveUpOver, SCAN_SHARED_BYTES, type ScannedPiece } from './scan.ts';
import type { ExactOptions, ExactResult, Segment } from './segment.ts';
import { repeatsIn } from './tally.ts';
import { workerFieldOf } from './worker-field.ts';
import type { WordsOfId } from './words.ts';

const WITNESSES = 1000;
const MEMORY_BYTES = 2 ** 30;

export function exact(segments: readonly Segment[], options: ExactOptions): Promise<ExactResult> {
  return exactWithin(segments, options, LIMITS);
}

/** The same with other limits than its own; for tests. */
export async function exactWithin(
  segments: readonly Segment[],
  options: ExactOptions,
  limits: Limits,
): Promise<ExactResult> {
  const { idBits, layout, witnesses = WITNESSES, memoryBytes = MEMORY_BYTES, method = 'auto', signal } = options;
  if (layout !== undefined && idBitsOf(layout) !== idBits)
    throw new RangeError(`IDs of ${idBits} bits, and a layout of ${idBitsOf(layout)}`);
  const words: WordsOfId = idBits === 64 ? 2 : 4;
  checkFiles(segments, words * 4);
  const pieces = cut(segments, words * 4, limits.pieceIds);
  const emissions = pieces.reduce((sum, { count }) => sum + count, 0);
  const progress = new Progress(options.onProgress);
  const few = emissions < limits.threadsFrom;
  await using crew = startCrew({
    ...{ words, pieces, limits, signal },
    threads: few ? 0 : (options.threads ?? availableParallelism()),
    onRead: (ids) => progress.read(ids),
  });

  progress.expect(emissions);
  const field = workerFieldOf(layout);
  const shared = new SharedArrayBuffer(SCAN_SHARED_BYTES);
  const certifies = method !== 'partition';
  const scans = await crew.run('scan', { stepsMax: witnesses, ...(certifies && { certify: { field, shared } }) });
  const scanned = inOrder(scans.flatMap((scan) => scan.scanned));
  const owners = joinOrders(
    segments,
    pieces,
    scanned.map(({ order }) => order),
    witnesses,
  );
  const found = { owners, checked: BigInt(emissions) };
  const seed = limits.seed ?? chance();

  const input = { words, pieces, limits, seed };
  let why = 'the certificate was not asked for';
  if (certifies) {
    const over = gaveUpOver(shared);
    const certified = over
      ? WHY[over]
      : await certify(crew, { ...input, field }, scanned as readonly Required<ScannedPiece>[]);
    if (typeof certified !== 'string')
      return { method: 'certificate', ...found, ...repeatsIn(certified, words, pieces, witnesses) };
    why = certified;
    if (method === 'certificate') throw new Error(`The certificate gave up: ${why}.`);
  }

  const work = { ...input, emissions, memoryBytes, progress, witnesses, region: new Region() };
  const tally = await byFingerprints(crew, work);
  if (tally !== undefined)
    return { method: 'fingerprints', why: sentence(why), ...found, ...repeatsIn(tally, words, pieces, witnesses) };
  const repeats = await byPartition(crew, work, chance);
  const whyNot = `${why}, and too many hashes of IDs are alike`;
  return { method: 'partition', why: sentence(whyNot), ...found, ...repeats };
}

const WHY = { runs: 'there are too many runs of rising IDs', outliers: 'too many IDs are out of order' } as const;

function inOrder(scanned: readonly ScannedPiece[]): readonly ScannedPiece[] {
  return scanned.toSorted((a, b) => a.piece - b.piece);
}

function sentence(why: string): string {
  return `${why[0]!.toUpperCase()}${why.slice(1)}.`;
}

function chance(): number {
  return randomInt(2 ** 32);
}

/** What is wrong with files is told before anything starts. */
function checkFiles(segments: readonly Segment[], idBytes: number): void {
  const ends = new Map<string, number>();
  for (const { file, byteOffset, count } of segments) {
    if (![byteOffset, count].every((number) => Number.isSafeInteger(number) && number >= 0))
      throw new RangeError(`${file}: a segment of ${count} IDs from byte ${byteOffset}`);
    ends.set(file, Math.max(ends.get(file) ?? 0, byteOffset + count * idBytes));
  }
  for (const [file, end] of ends) {
    const size = sizeOf(file);
    if (size < end)
      throw badInput(
        `The file has ${size} bytes, where IDs up to byte ${end} were expected.`,
        'Wait until nobody writes to it or takes from it any more, and check it again.',
        file,
      );
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw badInput(`The file cannot be read: ${messageOf(error)}.`, 'See to it that it is there and readable.', file);
  }
}
