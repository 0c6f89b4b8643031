/** Values that stand for "no ID". */

/** What Leaf answers in place of an ID: -1 not started, -2 no such key, -3 both segments empty (SegmentIDGenImpl). */
const ERROR_VALUES = [1n, 2n, 3n];
/** Decimal. */
const SENTINELS: ReadonlySet<string> = new Set([
  '0',
  ...[64n, 128n].flatMap((bits) => ERROR_VALUES.map((below) => String(2n ** bits - below))),
]);

export function isSentinel(id: string): boolean {
  return SENTINELS.has(id);
}
