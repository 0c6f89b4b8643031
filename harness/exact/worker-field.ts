/** Where the certificate finds the worker of an ID. Pure. */
import { idBitsOf, type Layout, shiftsOf } from '../core/layout.ts';

/** The worker ID, or its lowest 16 bits: IDs that differ in any of their bits are different IDs, whatever these mean. */
export interface WorkerField {
  /** The word in which it begins, from which bit of that word, and as many bits from there on as `mask` has. */
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
}

const TABLE_BITS = 16;
/** Nothing is known of workers. */
export const NO_FIELD: WorkerField = { word: 0, shift: 0, mask: 0 };

export function workerFieldOf(layout: Layout | undefined): WorkerField {
  if (layout === undefined || layout.workerBits === 0) return NO_FIELD;
  const { worker } = shiftsOf(layout);
  const bits = Math.min(layout.workerBits, TABLE_BITS, idBitsOf(layout) - worker);
  return { word: worker >>> 5, shift: worker & 31, mask: 2 ** bits - 1 };
}

/** Of the ID whose words begin at `i`. */
export function workerOf(ids: Uint32Array, i: number, { word, shift, mask }: WorkerField): number {
  const low = ids[i + word]! >>> shift;
  // A field of 16 bits reaches into the next word where it begins above bit 16.
  return (shift > 16 ? low | (ids[i + word + 1]! << (32 - shift)) : low) & mask;
}
