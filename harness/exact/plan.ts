/** How buckets, passes and memory are laid out. Pure. */
import { LINE } from './fingerprints.ts';
import type { Work } from './work.ts';

/** So many buckets there are, so many of them are filled in one pass, and each has room for so many entries. */
export interface Plan {
  /** Of the hash's upper word, down to the number of its bucket. */
  readonly shift: number;
  readonly all: number;
  readonly perPass: number;
  readonly room: number;
  /** What a pass takes. */
  readonly bytes: number;
}

export function passesOf({ all, perPass }: Plan): number {
  return Math.ceil(all / perPass);
}

export function fingerprintPlan({ emissions, memoryBytes, limits }: Work, hands: number): Plan {
  const log = logOf(emissions / limits.bucketIds);
  // A line that each thread may leave half full.
  const room = LINE * Math.ceil(withChance(emissions / 2 ** log) / LINE + hands);
  return planOf(log, room, room * 4, memoryBytes);
}

/** `slack`: how many times as much room as chance asks for. */
export function partitionPlan(
  { emissions, memoryBytes, limits, words }: Work,
  shares: readonly Share[],
  slack = 1,
): Plan {
  const most = Math.max(0, ...shares.map((share) => share.emissions));
  // Whole IDs and the table that they are compared in take about eight times as much as a fingerprint and its bits.
  const log = logOf((emissions / limits.bucketIds) * 8);
  const room = (Math.ceil(withChance(most / 2 ** log)) + 16) * slack;
  return planOf(log, room, room * words * 4 * shares.length, memoryBytes);
}

function logOf(buckets: number): number {
  return Math.min(26, Math.max(4, Math.ceil(Math.log2(buckets))));
}

/** Eight deviations: in buckets of chance, nobody needs more. */
function withChance(mean: number): number {
  return mean + 8 * Math.sqrt(mean);
}

function planOf(log: number, room: number, bucketBytes: number, memoryBytes: number): Plan {
  const all = 2 ** log;
  const passes = Math.min(all, Math.ceil((all * bucketBytes) / memoryBytes));
  const perPass = Math.ceil(all / passes);
  return { shift: 32 - log, all, perPass, room, bytes: perPass * bucketBytes };
}

/** Pieces of a thread. */
export interface Share {
  readonly pieces: readonly number[];
  readonly emissions: number;
}

/** Pieces of each thread, by whole pieces as even as these allow. */
export function sharesOf({ pieces, emissions }: Work, hands: number): readonly Share[] {
  const shares = Array.from({ length: hands }, () => ({ pieces: [] as number[], emissions: 0 }));
  let before = 0;
  for (const [piece, { count }] of pieces.entries()) {
    const share = shares[Math.min(hands - 1, Math.floor((before / emissions) * hands))]!;
    share.pieces.push(piece);
    share.emissions += count;
    before += count;
  }
  return shares;
}
