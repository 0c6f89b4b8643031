/** Plans the passes of fingerprints and takes a crew through them. */
import type { Crew } from './crew.ts';
import { seedOf } from './hash.ts';
import { fingerprintPlan, partitionPlan, passesOf, sharesOf } from './plan.ts';
import { Tally } from './tally.ts';
import { expectAll, type Work } from './work.ts';

/** All IDs that may be there twice, tallied; nothing where they were too many. */
export async function byFingerprints(crew: Crew, work: Work): Promise<Tally | undefined> {
  const { words, limits, progress, emissions } = work;
  const plan = fingerprintPlan(work, crew.hands);
  const { shift, all, perPass, room } = plan;
  const hash = { seed: seedOf(work.seed), shift };
  progress.expect(emissions * (passesOf(plan) + 1));
  // Enough for the partition too: it may follow, and two regions may be one too many.
  const region = work.region.atLeast(Math.max(plan.bytes, partitionPlan(work, sharesOf(work, crew.hands)).bytes));
  let pairs = new Uint32Array();
  let seen = 0;
  for (let first = 0; first < all; first += perPass) {
    const buckets = Math.min(perPass, all - first);
    const filled = new SharedArrayBuffer((buckets + 1) * 4);
    const task = { ...hash, first, buckets, room, region, filled };
    await crew.run('scatter', task);
    const counts = new Int32Array(filled);
    if (counts[buckets] !== 0) return undefined;
    seen += counts.reduce((sum, count) => sum + count, 0);
    const found = await crew.run('alike', task);
    if (found.some((one) => one.pairs === undefined)) return undefined;
    pairs = concat([pairs, ...found.map((one) => one.pairs!)]);
    if (pairs.length > 2 * limits.alikeMax) return undefined;
  }
  expectAll(seen, emissions);
  const tally = new Tally(words, work.seed);
  if (pairs.length === 0) {
    progress.expect(-emissions);
    return tally;
  }
  for (const { tallied } of await crew.run('resolve', { ...hash, pairs, tableSeed: work.seed })) {
    if (tallied === undefined) return undefined;
    tally.addAll(tallied);
  }
  return tally;
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
