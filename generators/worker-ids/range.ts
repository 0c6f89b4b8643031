/** Ranges of worker IDs, both ends included. */
import type { Json } from '../../harness/core/json.ts';
import { LAYOUT } from '../snowflake.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

const LAST = 2 ** LAYOUT.workerBits - 1;

/** `{ from, to }`, both ends included; throws an error that names the option. */
export function rangeOf(name: string, value: Json | undefined): Range {
  const { from, to } = (value ?? {}) as { readonly from?: Json; readonly to?: Json };
  if (!isWorkerId(from) || !isWorkerId(to) || from > to)
    throw new Error(
      `option '${name}' must be { from, to } with 0 <= from <= to <= ${LAST}, not ${JSON.stringify(value)}`,
    );
  return { from, to };
}

/** What is wrong with ranges that should share out the worker IDs, as a clause: two meet, or some are left out. */
export function sharesWrong(
  ranges: ReadonlyMap<string, Range>,
  whole: Range = { from: 0, to: LAST },
): string | undefined {
  const inOrder = [...ranges].sort(([, a], [, b]) => a.from - b.from);
  let next = whole.from;
  let before = '';
  for (const [name, { from, to }] of inOrder) {
    if (from < next) return `${before} and ${name} both have worker ID ${from}`;
    if (from > next) return `nobody has worker ID ${next}`;
    next = to + 1;
    before = name;
  }
  return next > whole.to ? undefined : `nobody has worker ID ${next}`;
}

function isWorkerId(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LAST;
}
