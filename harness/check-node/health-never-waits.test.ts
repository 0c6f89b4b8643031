import { expect, test } from 'vitest';
import type { Burst } from './evidence.ts';
import rule from './rules/health-never-waits.ts';

const quick: Burst = { requests: 64, tookMs: 60, healthMs: 60, starvedMs: 0 };
const behind: Burst = { requests: 64, tookMs: 1300, healthMs: 1290, starvedMs: 10 };
const starved: Burst = { ...behind, starvedMs: 600 };
const unknown: Burst = { ...behind, starvedMs: undefined };

const verdictOf = (bursts: readonly Burst[]): string => rule.judge({ backlog: { bursts, beside: [] } }).verdict;

test.each([
  ['one burst in which health came in time', [behind, behind, quick], 'ok'],
  ['health behind in all, and threads that ran when they could', [behind, behind, behind], 'failed'],
  ['health behind in all, of which the machine may have slowed all', [starved, starved, starved], 'not judged'],
  ['health behind in all, of which the machine may have slowed all but one', [starved, behind, starved], 'not judged'],
  ['health behind in all, and nobody knows who waited for a CPU', [unknown, unknown], 'not judged'],
  ['health that takes long beside requests that take longer', [{ ...behind, tookMs: 3000 }], 'ok'],
])('%s: %j', (_, bursts, verdict) => {
  expect(verdictOf(bursts)).toBe(verdict);
});
