/** Fields of an ID in SQL, equal to `fieldReader`. */
import type { Layout } from '../../core/layout.ts';

export function sqlTick(layout: Layout, id: string): string {
  return `bitShiftRight(${id}, ${layout.workerBits + layout.sequenceBits})`;
}

export function sqlWorker(layout: Layout, id: string): string {
  return `bitAnd(bitShiftRight(${id}, ${layout.sequenceBits}), ${2 ** layout.workerBits - 1})`;
}
