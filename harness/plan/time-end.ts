/** When the time bits of a layout end. */
import type { Layout } from '../core/layout.ts';

const MS_PER_YEAR = 365.2425 * 86_400_000;
/** The last moment that a date can be made of. */
const DATE_MAX_MS = 8_640_000_000_000_000n;

export interface TimeEnd {
  readonly bits: number;
  readonly tickMs: number;
  readonly epoch: string;
  /** The first Unix millisecond that no ID can carry: a decimal string. */
  readonly unixMs: string;
  /** The same as date and time in UTC; absent where it is too far away for a calendar. */
  readonly at?: string;
  /** From the epoch, and from the beginning of the plan (negative: it was before that). */
  readonly yearsFromEpoch: number;
  readonly yearsLeft: number;
}

/** Undefined: the IDs carry no time. */
export function timeEndOf({ timeBits, tickMs, epochMs }: Layout, begins: string): TimeEnd | undefined {
  if (timeBits === 0) return undefined;
  // Ticks are whole milliseconds, or parts of one: exact up to 53 bits of time either way.
  const lengthMs = Number.isInteger(tickMs)
    ? BigInt(tickMs) << BigInt(timeBits)
    : BigInt(Math.round(2 ** timeBits * tickMs));
  const unixMs = BigInt(Math.round(epochMs)) + lengthMs;
  return {
    bits: timeBits,
    tickMs,
    epoch: new Date(epochMs).toISOString(),
    unixMs: String(unixMs),
    ...(unixMs <= DATE_MAX_MS && { at: new Date(Number(unixMs)).toISOString() }),
    yearsFromEpoch: Number(lengthMs) / MS_PER_YEAR,
    yearsLeft: Number(unixMs - BigInt(Date.parse(begins))) / MS_PER_YEAR,
  };
}
