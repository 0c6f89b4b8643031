/** What a coordinator holds for worker IDs: who owns each, and the bound below which its IDs are spoken for. */
import type { KeyValue } from '../../harness/core/generator.ts';

export const ownerKey = (workerId: number): string => `o/${workerId}`;
export const boundKey = (workerId: number): string => `b/${workerId}`;

/** Zero-padded, so that the coordinator compares bounds as text. */
export function encodeBound(unixMs: number): string {
  return String(unixMs).padStart(16, '0');
}

export function decodeBound(bound: KeyValue | undefined): number {
  if (bound === undefined || !/^\d{16}$/.test(bound.value))
    throw new Error(`the bound is ${JSON.stringify(bound?.value)}, not 16 digits: another program uses these keys`);
  return Number(bound.value);
}
