/** Has a crew look IDs up. */
import type { Crew } from './crew.ts';
import type { FindPlace, Range } from './find.ts';
import { Tally } from './tally.ts';
import type { WorkerField } from './worker-field.ts';
import { fromBigint, type WordsOfId } from './words.ts';

/** Where to look: a piece, and ranges of which all IDs are wanted in that piece. */
export interface Place {
  readonly piece: number;
  readonly ranges: readonly Range[];
}

/** The points in all those places, and the IDs of their ranges, tallied; nothing where that is too much to hold. */
export async function search(
  crew: Crew,
  { words, field, seed }: { readonly words: WordsOfId; readonly field: WorkerField; readonly seed: number },
  points: readonly bigint[],
  places: readonly Place[],
): Promise<Tally | undefined> {
  const sought = new Uint32Array(points.length * words);
  for (const [k, id] of points.entries()) fromBigint(id, sought, k * words, words);
  const tally = new Tally(words, seed);
  if (places.length === 0) return tally;
  const task = { points: sought, field, seed, places: places.map((place) => packed(place, words)) };
  for (const { tallied } of await crew.run('find', task)) {
    if (tallied === undefined) return undefined;
    tally.addAll(tallied);
  }
  return tally;
}

function packed({ piece, ranges }: Place, words: WordsOfId): FindPlace {
  const bounds = new Uint32Array(ranges.length * 2 * words);
  for (const [k, { low, high }] of ranges.entries()) {
    fromBigint(low, bounds, 2 * k * words, words);
    fromBigint(high, bounds, (2 * k + 1) * words, words);
  }
  return { piece, bounds, workers: Uint32Array.from(ranges, ({ worker }) => worker) };
}
