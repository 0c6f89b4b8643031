import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeptRun, Retention } from './prune-plan.ts';
import { fatesOf, retentionOf } from './prune-plan.ts';

const DAY = 86_400_000;
const NOW = 1000 * DAY;
const run = (name: string, daysAgo: number, more: Partial<KeptRun> = {}): KeptRun => ({
  ...{ name, scenario: 'storm', unixMs: NOW - daysAgo * DAY, bytes: 1 },
  ...more,
});
const going = (runs: readonly KeptRun[], retention: Partial<Retention>): readonly string[] =>
  fatesOf(runs, { force: false, ...retention }, NOW).flatMap(({ run: { name }, goes }) => (goes ? [name] : []));

test('what is older goes', () => {
  const runs = [run('new', 1), run('old', 31), run('oldest', 40)];
  expect(going(runs, { olderThanMs: 30 * DAY })).toEqual(['oldest', 'old']);
});

test('of each scenario the newest stay', () => {
  const runs = [run('a', 1), run('b', 2), run('c', 3), run('d', 9, { scenario: 'quiet' })];
  expect(going(runs, { keep: 1 })).toEqual(['c', 'b']);
  expect(going(runs, { keep: 0 })).toEqual(['d', 'c', 'b', 'a']);
  expect(going(runs, { keep: 2, olderThanMs: 5 * DAY })).toEqual([]);
});

test('what lives never goes, what was not judged only when it is forced', () => {
  const runs = [run('alive', 90, { untouchable: 'it goes on' }), run('begun', 90, { unjudged: 'it was not judged' })];
  expect(going(runs, { olderThanMs: DAY })).toEqual([]);
  expect(going(runs, { olderThanMs: DAY, force: true })).toEqual(['begun']);
  expect(fatesOf(runs, { olderThanMs: DAY, force: false }, NOW).map(({ why }) => why)).toEqual([
    'it goes on',
    'it was not judged',
  ]);
});

test('whatever is asked for: each run has one fate, and none goes that is young, among the newest, or untouchable', () => {
  const runs = fc.uniqueArray(
    fc.record({
      name: fc.string(),
      scenario: fc.constantFrom('storm', 'quiet', ''),
      unixMs: fc.integer({ min: 0, max: NOW + DAY }),
      bytes: fc.nat(),
      untouchable: fc.option(fc.constant('it goes on'), { nil: undefined }),
    }),
    { selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(runs, fc.nat(NOW), fc.nat(5), fc.boolean(), (kept, olderThanMs, keep, force) => {
      const plain = kept.map(({ untouchable, ...rest }) => ({ ...rest, ...(untouchable && { untouchable }) }));
      const fates = fatesOf(plain, { olderThanMs, keep, force }, NOW);
      expect(fates.map(({ run: { name } }) => name).sort()).toEqual(plain.map(({ name }) => name).sort());
      for (const fate of fates.filter(({ goes }) => goes)) {
        expect(NOW - fate.run.unixMs).toBeGreaterThanOrEqual(olderThanMs);
        expect(fate.run.untouchable).toBeUndefined();
        const newer = plain.filter(
          (other) => other.scenario === fate.run.scenario && other !== fate.run && other.unixMs >= fate.run.unixMs,
        );
        expect(newer.length).toBeGreaterThanOrEqual(keep);
      }
    }),
  );
});

test.each([
  ['30d', 30 * DAY],
  ['12h', DAY / 2],
  ['90m', DAY / 16],
  ['2w', 14 * DAY],
])('%s is an age', (text, olderThanMs) => {
  expect(retentionOf(text, undefined, false)).toEqual({ olderThanMs, force: false });
});

test.each([
  [undefined, undefined],
  ['30', undefined],
  ['-1d', undefined],
  ['1.5d', undefined],
  ['d', undefined],
  [undefined, '-1'],
  [undefined, 'ten'],
  ['30d', ''],
])('--older-than %s --keep %s is refused', (olderThan, keep) => {
  expect(() => retentionOf(olderThan, keep, false)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
