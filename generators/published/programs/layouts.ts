/** Layouts that several published generators share. */
import type { Layout } from '../../../harness/core/layout.ts';

/** 41 bits of milliseconds since 2010-11-04T01:42:54.657Z, 10 of worker ID, 12 of sequence. */
export const TWITTER_LAYOUT = {
  timeBits: 41,
  workerBits: 10,
  sequenceBits: 12,
  tickMs: 1,
  epochMs: 1_288_834_974_657,
} as const satisfies Layout;

/** 48 bits of milliseconds and 80 random bits. */
export const ULID_LAYOUT = {
  idBits: 128,
  timeBits: 48,
  workerBits: 0,
  sequenceBits: 80,
  tickMs: 1,
  epochMs: 0,
} as const satisfies Layout;

/** A digest in place of an ID: any bits at all, of which no field is known. */
export const DIGEST_LAYOUT = {
  idBits: 128,
  timeBits: 0,
  workerBits: 0,
  sequenceBits: 0,
  tickMs: 1,
  epochMs: 0,
  shifts: { time: 128, worker: 0, sequence: 0 },
} as const satisfies Layout;
