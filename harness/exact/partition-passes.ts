/** Plans the passes of the partition and takes a crew through them. */
import type { Crew } from './crew.ts';
import { seedOf } from './hash.ts';
import type { FillTask } from './partition.ts';
import { search } from './search.ts';
import { type Repeats, repeatsIn } from './tally.ts';
import type { Work } from './work.ts';
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
  const { shift, all, perPass, room } = planOf(work, shares, slack);
  progress.expect(emissions * Math.ceil(all / perPass));
  let [surplus, repeated] = [0, 0];
  let lowest: bigint[] = [];
  {
    const regions = shares.map(() => ({
      ids: new SharedArrayBuffer(perPass * room * words * 4),
      counts: new SharedArrayBuffer(perPass * 2 * 4),
    }));
    for (let first = 0; first < all; first += perPass) {
      for (const { counts } of regions) new Uint32Array(counts).fill(0);
      const buckets = Math.min(perPass, all - first);
      const task: FillTask = { seed: seedOf(seed), shift, first, buckets, room, regions, shares, tableSeed: seed };
      for (const filled of await crew.run('fill', task)) {
        if (filled.surplus === undefined) return undefined;
        surplus += filled.surplus;
      }
      for (const settled of await crew.run('settle', { ...task, witnesses })) {
        surplus += settled.surplus;
        repeated += settled.repeated;
        for (let i = 0; i < settled.lowest.length; i += words) lowest.push(toBigint(settled.lowest, i, words));
      }
      lowest = lowest.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).slice(0, witnesses);
    }
  }
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

/** Pieces of each thread, by whole pieces as even as these allow. */
function sharesOf({ pieces, emissions }: Work, hands: number): readonly (readonly number[])[] {
  const shares = Array.from({ length: hands }, (): number[] => []);
  let before = 0;
  for (const [piece, { count }] of pieces.entries()) {
    shares[Math.min(hands - 1, Math.floor((before / emissions) * hands))]!.push(piece);
    before += count;
  }
  return shares;
}

/** How many buckets there are, how many of them are filled in one pass, and for how many IDs of a thread each has room. */
function planOf(
  { emissions, memoryBytes, limits, pieces, words }: Work,
  shares: readonly (readonly number[])[],
  slack: number,
): { readonly shift: number; readonly all: number; readonly perPass: number; readonly room: number } {
  const most = Math.max(...shares.map((share) => share.reduce((sum, piece) => sum + pieces[piece]!.count, 0)));
  // Whole IDs and the table that they are compared in take about eight times as much as a fingerprint and its bits.
  const log = Math.min(26, Math.max(4, Math.ceil(Math.log2((emissions / limits.bucketIds) * 8))));
  const all = 2 ** log;
  const mean = most / all;
  const room = Math.ceil(mean + 8 * Math.sqrt(mean) + 16) * slack;
  const bytes = (room * words * 4 + 8) * shares.length;
  const passes = Math.ceil((all * bytes) / memoryBytes);
  return { shift: 32 - log, all, perPass: Math.ceil(all / Math.min(passes, all)), room };
}
