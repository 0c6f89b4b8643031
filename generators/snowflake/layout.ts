/** The bits of a snowflake. */
import type { Layout } from '../../harness/core/layout.ts';

/** 41 bits of milliseconds since 2024-01-01T00:00Z, 10 bits of worker ID, 12 bits of sequence. */
export const LAYOUT = {
  timeBits: 41,
  workerBits: 10,
  sequenceBits: 12,
  tickMs: 1,
  epochMs: 1_704_067_200_000,
} as const satisfies Layout;

export const SEQUENCE_MAX = 2 ** LAYOUT.sequenceBits - 1;
const TIME_SHIFT = BigInt(LAYOUT.workerBits + LAYOUT.sequenceBits);
/** The first millisecond that no longer fits into an ID. */
export const END_MS = LAYOUT.epochMs + 2 ** LAYOUT.timeBits;

/** The ID of a millisecond, a worker ID and a sequence number, all in range. */
export function compose(unixMs: number, workerId: number, sequence: number): bigint {
  // The fields below the time make up one small number: fewer bigint operations.
  return (BigInt(unixMs - LAYOUT.epochMs) << TIME_SHIFT) | BigInt(workerId * (SEQUENCE_MAX + 1) + sequence);
}

/** No ID can carry it. */
export const isOutOfRange = (unixMs: number): boolean => unixMs < LAYOUT.epochMs || unixMs >= END_MS;
