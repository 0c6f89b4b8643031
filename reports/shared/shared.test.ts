import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CAUSES } from '../../harness/core/cause.ts';
import { passingStorm } from '../fixtures/storm.ts';
import { ADVICE } from './advice.ts';
import { headline } from './headline.ts';
import { inert } from './inert.ts';
import { amount, latency, objectiveWords } from './words.ts';

test('every cause has advice of its own, in whole sentences', () => {
  expect(Object.keys(ADVICE).sort()).toEqual(Object.keys(CAUSES).sort());
  const texts = Object.values(ADVICE);
  expect(new Set(texts).size).toBe(texts.length);
  for (const text of texts) expect(text).toMatch(/^[A-Z].{30,}\.$/);
});

test('a figure is told with its unit, in as many digits as tell something', () => {
  expect([0.4213, 12.374, 1234].map(latency)).toEqual(['0.421\u00a0ms', '12.4\u00a0ms', '1.23\u00a0s']);
  expect(amount(-2.5, 'ms')).toBe('\u22122.5\u00a0ms');
  expect(amount(5.25, 's')).toBe('5.25\u00a0s');
  expect(amount(19_999.6, 'ids/s')).toBe('20,000\u00a0IDs/s');
  expect(amount(1234, 'count')).toBe('1,234');
  expect(objectiveWords({ atMost: 50 }, 'ms')).toBe('at most 50\u00a0ms');
  expect(objectiveWords({ atLeast: 0.999 }, 'ratio')).toBe('at least 99.9\u00a0%');
});

test('a share that is not whole is never told as whole, and one that is not nothing never as nothing', () => {
  const told = (share: number): string => amount(share, 'ratio');
  expect([1, 0, 0.5, 0.99999, 0.999985, 0.00001].map(told)).toEqual(
    ['100', '0', '50', '99.999', '99.9985', '0.001'].map((text) => `${text}\u00a0%`),
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (share) => {
      const value = Number.parseFloat(told(share));
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(100);
      expect(value).toBeCloseTo(share * 100, 1);
    }),
  );
});

test('text that is inert has nothing that XML forbids or that turns the reading direction, and all else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = inert(text);
      expect(safe).toMatch(/^[\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
      expect(safe).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
      expect([...safe]).toHaveLength([...text].length);
    }),
  );
});

test('the headline tells of missed SLOs apart from broken promises', () => {
  const run = passingStorm();
  const missed = { ...run, verdict: 'fail', slos: [{ ...run.slos![0]!, verdict: 'fail' }] } as const;
  expect(headline({ ...missed, exitCode: 11 })).toBe('Fail: an SLO was missed');
  const [first, ...others] = run.findings;
  const broken = [{ ...first!, verdict: 'fail' as const, violations: 1 }, ...others];
  expect(headline({ ...missed, exitCode: 10, findings: broken })).toBe(
    'Fail: a promise was broken, and an SLO was missed',
  );
});
