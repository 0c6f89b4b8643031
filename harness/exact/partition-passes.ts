/** Plans the passes of the partition and takes a crew through them. */
import type { Crew } from './crew.ts';
import { seedOf } from './hash.ts';
import type { FillTask } from './partition.ts';
import { partitionPlan, passesOf, sharesOf } from './plan.ts';
import { search } from './search.ts';
import { type Repeats, repeatsIn } from './tally.ts';
import { expectAll, type Work } from './work.ts';
import { toBigint } from './words.ts';
import { NO_FIELD } from './worker-field.ts';

/** Duplicates of all IDs. A bucket without room, against all odds, has it begin anew with another hash. */
export async function byPartition(crew: Crew, work: Work, chance: () => number): Promise<Repeats> {
  for (let attempt = 0; attempt < work.limits.triesMax; attempt++) {
    const repeats = await tryPartition(crew, work, chance(), 2 ** attempt);
    if (repeats !== undefined) return repeats;
  }
  throw new Error(`No hash of ${work.limits.triesMax} spread the IDs evenly.`);
}

async function tryPartition(crew: Crew, work: Work, seed: number, slack: number): Promise<Repeats | undefined> {
  const { words, witnesses, progress, emissions } = work;
  const shares = sharesOf(work, crew.hands);
  const plan = partitionPlan(work, shares, slack);
  const { shift, all, perPass, room } = plan;
  progress.expect(emissions * passesOf(plan));
  const ids = work.region.atLeast(plan.bytes);
  const counts = shares.map(() => new SharedArrayBuffer(perPass * 2 * 4));
  let [seen, surplus, repeated] = [0, 0, 0];
  let lowest: bigint[] = [];
  for (let first = 0; first < all; first += perPass) {
    for (const one of counts) new Uint32Array(one).fill(0);
    const buckets = Math.min(perPass, all - first);
    const pass = { seed: seedOf(seed), shift, first, buckets, room, ids, counts, tableSeed: seed };
    const task: FillTask = { ...pass, shares: shares.map(({ pieces }) => pieces) };
    for (const filled of await crew.run('fill', task)) {
      if (filled.surplus === undefined) return undefined;
      seen += filled.surplus;
      surplus += filled.surplus;
    }
    for (const settled of await crew.run('settle', { ...task, witnesses })) {
      seen += settled.seen;
      surplus += settled.surplus;
      repeated += settled.repeated;
      for (let i = 0; i < settled.lowest.length; i += words) lowest.push(toBigint(settled.lowest, i, words));
    }
    lowest = lowest.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).slice(0, witnesses);
  }
  expectAll(seen, emissions);
  return {
    surplus: BigInt(surplus),
    repeated: BigInt(repeated),
    duplicates: await witnessed(crew, work, lowest, seed),
  };
}

/** The lowest repeated IDs with where they stand, by one more pass. */
async function witnessed(
  crew: Crew,
  work: Work,
  lowest: readonly bigint[],
  seed: number,
): Promise<Repeats['duplicates']> {
  const { words, pieces, witnesses, progress, emissions } = work;
  if (lowest.length === 0) return [];
  progress.expect(emissions);
  const everywhere = pieces.map((_, piece) => ({ piece, ranges: [] }));
  const tally = await search(crew, { words, field: NO_FIELD, seed }, lowest, everywhere);
  const { duplicates } = repeatsIn(tally!, words, pieces, witnesses);
  if (duplicates.length !== lowest.length) throw new Error('The partition and its witnesses disagree.');
  return duplicates;
}
