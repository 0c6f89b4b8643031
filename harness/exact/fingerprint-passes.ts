/** Plans the passes of fingerprints and takes a crew through them. */
import type { Crew } from './crew.ts';
import { LINE } from './fingerprints.ts';
import { seedOf } from './hash.ts';
import { Tally } from './tally.ts';
import type { Work } from './work.ts';

/** All IDs that may be there twice, tallied; nothing where they were too many. */
export async function byFingerprints(crew: Crew, work: Work): Promise<Tally | undefined> {
  const { words, pieces, limits, progress, emissions } = work;
  const { shift, all, perPass, room } = planOf(work, crew.hands);
  const hash = { seed: seedOf(work.seed), shift };
  const passes = Math.ceil(all / perPass);
  progress.expect(emissions * (passes + 1));
  let pairs = new Uint32Array();
  {
    const region = new SharedArrayBuffer(perPass * room * 4);
    for (let first = 0; first < all; first += perPass) {
      const buckets = Math.min(perPass, all - first);
      const filled = new SharedArrayBuffer((buckets + 1) * 4);
      const task = { ...hash, first, buckets, room, region, filled };
      await crew.run('scatter', task);
      if (new Int32Array(filled)[buckets] !== 0) return undefined;
      const found = await crew.run('alike', task);
      if (found.some((one) => one.pairs === undefined)) return undefined;
      pairs = concat([pairs, ...found.map((one) => one.pairs!)]);
      if (pairs.length > 2 * limits.alikeMax) return undefined;
    }
  }
  const tally = new Tally(words, work.seed);
  if (pairs.length === 0) {
    progress.expect(-emissions);
    return tally;
  }
  for (const { tallied } of await crew.run('resolve', { ...hash, pairs, tableSeed: work.seed })) {
    if (tallied === undefined) return undefined;
    tally.addAll(tallied);
  }
  return tally.size > limits.talliedMax || pieces.length === 0 ? undefined : tally;
}

/** How many buckets there are, how many of them are filled in one pass, and how many fingerprints each has room for. */
function planOf(
  { emissions, memoryBytes, limits }: Work,
  hands: number,
): {
  readonly shift: number;
  readonly all: number;
  readonly perPass: number;
  readonly room: number;
} {
  const log = Math.min(24, Math.max(4, Math.ceil(Math.log2(emissions / limits.bucketIds))));
  const all = 2 ** log;
  const mean = emissions / all;
  // Eight deviations, and a line that each thread may leave half full: in buckets of chance, nobody needs more.
  const room = LINE * Math.ceil((mean + 8 * Math.sqrt(mean)) / LINE + hands);
  const passes = Math.ceil((all * room * 4) / memoryBytes);
  return { shift: 32 - log, all, perPass: Math.ceil(all / Math.min(passes, all)), room };
}

function concat(arrays: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const joined = new Uint32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
