/**
 * SLOs and figures in words, the same in terminal, record and matchers. Reports set theirs as print does, with spaces that
 * never break and three digits (`reports/shared/words.ts`): those are for reading side by side, and not for a terminal. Pure.
 */
import { grouped } from './phrases.ts';
import type { Slo, Unit } from './slo.ts';

/** `12.3 ms`, `1.25 s`, `99.95 %`, `4,812 IDs/s`, `3`. Enough digits that a value beyond its bound never reads like it. */
export function figureText(unit: Unit, value: number): string {
  const digits = (most: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: most });
  switch (unit) {
    case 'ms':
    case 's':
      return `${digits(4)} ${unit}`;
    case 'ratio':
      // Nines are what matters just below 1.
      return `${(value * 100).toLocaleString('en-US', { maximumSignificantDigits: value > 0.9 && value < 1 ? 7 : 4 })} %`;
    case 'ids/s':
      return `${grouped(value)} IDs/s`;
    case 'count':
      return digits(6);
  }
}

/** `at most 500 ms`. */
export function objectiveText(unit: Unit, { atMost, atLeast }: Slo['objective']): string {
  return atMost === undefined ? `at least ${figureText(unit, atLeast ?? 0)}` : `at most ${figureText(unit, atMost)}`;
}

/** The part of a run that counts: `while zombie was in force`. */
export function whereText(during: Slo['during']): string {
  if (typeof during === 'object') return `while ${during.disturbance} was in force`;
  return WHERE[during];
}

const WHERE = {
  whole: 'the whole run under load',
  'warm-up': 'the warm-up',
  disturb: 'the time of the disturbances',
  recover: 'after the last heal',
} as const;
