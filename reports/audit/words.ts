/** Figures of an audit in words. */
import type { AuditLine } from '../../harness/audit/audit-schema.ts';
import { grouped } from '../shared/words.ts';

const MS = { day: 86_400_000, hour: 3_600_000, second: 1000 } as const;

/** `12 ms`, `4.2 s`, `3.1 hours`, `12 days`. */
export function lengthWords(ms: number): string {
  if (ms >= 2 * MS.day) return `${inThree(ms / MS.day)} days`;
  if (ms >= 2 * MS.hour) return `${inThree(ms / MS.hour)} hours`;
  return ms >= MS.second ? `${inThree(ms / MS.second)} s` : `${inThree(ms)} ms`;
}

const inThree = (value: number): string => grouped(Number(value.toPrecision(3)));

export function rateWords(idsPerSecond: number): string {
  return idsPerSecond >= 1e6
    ? `${(idsPerSecond / 1e6).toFixed(1)} M IDs/s`
    : `${grouped(Math.round(idsPerSecond))} IDs/s`;
}

export function percentWords(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** How far an ID lies below one before it: in time where that is known. */
export function inversionWords({ largestInversion: largest }: AuditLine): string {
  if (largest === undefined) return '–';
  const back =
    largest.ms === undefined ? grouped(BigInt(largest.highest) - BigInt(largest.after)) : lengthWords(largest.ms);
  return `${back}, at #${grouped(largest.position)}`;
}
