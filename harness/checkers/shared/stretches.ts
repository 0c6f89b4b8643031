/** The increasing stretches of batches, as the table `batches` tells of them, and the ID ranges that they make up. */
import type { Layout } from '../../core/layout.ts';
import { STEPS_MAX } from '../../core/id-summary.ts';
import { sqlId } from '../../core/id-sql.ts';

/** IDs from the lowest to the greatest, both of them in it. Decimal. */
export interface IdRange {
  readonly low: string;
  readonly high: string;
}

/**
 * An array of pairs that hold all IDs of a batch. Those of a batch in hardly any order are one pair, and it is no stretch;
 * so are those of a batch of which an earlier version of the store did not tell them.
 */
export const SQL_STRETCHES = `multiIf(
    backward = 0 or backward > ${STEPS_MAX} or empty(stretches), [(min_id, max_id)],
    arrayMap(k -> (stretches[2 * k - 1], stretches[2 * k]), range(1, toUInt32(length(stretches) / 2) + 1)))`;

/** Whether the pairs are increasing stretches. */
export const SQL_IN_STRETCHES = `(backward = 0 or (backward <= ${STEPS_MAX} and notEmpty(stretches)))`;

/** A query holds them as text, twice over, and ClickHouse takes 256 KiB of it. */
export const RANGES_MAX = 300;

/** The same IDs in ranges that do not meet. */
export function joined(ranges: readonly IdRange[]): readonly IdRange[] {
  const inOrder = ranges
    .map(({ low, high }) => ({ low: BigInt(low), high: BigInt(high) }))
    .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const apart: { low: bigint; high: bigint }[] = [];
  for (const { low, high } of inOrder) {
    const last = apart.at(-1);
    if (last === undefined || low > last.high) apart.push({ low, high });
    else if (high > last.high) last.high = high;
  }
  return apart.map(({ low, high }) => ({ low: String(low), high: String(high) }));
}

/** A condition on `id`: by it, an ID that lies in none is not even read. */
export function sqlWithin(layout: Layout, ranges: readonly IdRange[]): string {
  const one = ({ low, high }: IdRange): string => `id between ${sqlId(layout, low)} and ${sqlId(layout, high)}`;
  return ranges.length === 0 ? 'false' : `(${ranges.map(one).join(' or ')})`;
}
