/** Which numbers are worker IDs. */

/** The greatest that a batch record holds: it keeps them as signed 32-bit integers. */
export const WORKER_ID_MAX = 2 ** 31 - 1;

/** Cheap: asked for each call of `mint`. */
export function isWorkerId(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && (value | 0) === value;
}
