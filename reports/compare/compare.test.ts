import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../harness/core/random.ts';
import type { Run } from '../../harness/core/run.ts';
import type { SloRecord } from '../../harness/core/slo.ts';
import { failingCached } from '../fixtures/cached.ts';
import { poison } from '../fixtures/poison.ts';
import { begunRun, unknownRun } from '../fixtures/sparse.ts';
import { passingStorm } from '../fixtures/storm.ts';
import { incomparable } from './comparable.ts';
import { compare } from './compare.ts';
import { chancesOfRanks, REPETITIONS_MIN, shiftBetween } from './shift.ts';
import { comparisonMarkdown, comparisonText } from './text.ts';

const STORM = passingStorm();
const [LATENCY] = STORM.slos as [SloRecord];

/** A run with this 99th percentile of latency, in ms, that started in this minute. */
function taking(ms: number, minute = 0, run: Run = STORM): Run {
  const slo: SloRecord = { ...LATENCY, value: ms, verdict: ms <= 50 ? 'pass' : 'fail' };
  const startedAt = new Date(Date.UTC(2026, 10, 21, 12, minute)).toISOString();
  const runId = `m${minute}`;
  return { ...run, slos: [slo], figures: [], measured: { ...run.measured, runId, startedAt } };
}

/** Runs in turns with another side: `offset` 0 has the even minutes, 1 the odd ones. */
const inTurns = (values: readonly number[], offset: 0 | 1): readonly Run[] =>
  values.map((ms, i) => taking(ms, 2 * i + offset));

const changeOf = (base: readonly Run[], run: readonly Run[], tolerance?: number): string =>
  compare(base, run, tolerance).rows.find(({ kind }) => kind === 'slo')!.change;

const fiveTimes = (run: Run): readonly Run[] => Array.from({ length: 5 }, () => run);

const USUAL = [12.1, 12.9, 11.8, 12.4, 12.6];
const HIGHER = USUAL.map((ms) => ms + 5);

describe('figures', () => {
  test('of single runs nobody can tell, and it is said what it takes', () => {
    const { rows, exitCode } = compare([taking(12)], [taking(30)]);
    expect(rows.find(({ name }) => name === LATENCY.name)).toMatchObject({
      change: 'cannot tell',
      why: `1 against 1: noise cannot be told from a change without ${REPETITIONS_MIN} repetitions a side or a --tolerance.`,
    });
    expect(exitCode).toBe(12);
  });

  test('by a stated tolerance, a change beyond it is better or worse, and one within it none', () => {
    expect(changeOf([taking(20)], [taking(21.9)], 0.1)).toBe('same');
    expect(changeOf([taking(20)], [taking(22.1)], 0.1)).toBe('worse');
    expect(changeOf([taking(20)], [taking(17.9)], 0.1)).toBe('better');
  });

  test('of five repetitions in turns, a clear change is told with its confidence', () => {
    const worse = compare(inTurns(USUAL, 0), inTurns(HIGHER, 1));
    expect(worse).toMatchObject({ change: 'worse', exitCode: 11 });
    expect(worse.rows.find(({ kind }) => kind === 'slo')!.why).toMatch(/^\+40\.\d %, with 99 % confidence \+\d/);
    expect(changeOf(inTurns(HIGHER, 0), inTurns(USUAL, 1))).toBe('better');
  });

  test('of four repetitions none is clear enough', () => {
    expect(changeOf(inTurns(USUAL.slice(1), 0), inTurns(HIGHER.slice(1), 1))).toBe('cannot tell');
  });

  test('repetitions one side after the other prove nothing: the machine may have changed', () => {
    const later = HIGHER.map((ms, i) => taking(ms, 60 + i));
    const row = compare(inTurns(USUAL, 0), later).rows.find(({ kind }) => kind === 'slo')!;
    expect(row).toMatchObject({ change: 'cannot tell', why: expect.stringContaining('not run in turns') as string });
  });

  test('no difference shown is not the same, unless a tolerance says what would be one', () => {
    const again = [12.3, 12.0, 12.8, 12.2, 12.5];
    expect(changeOf(inTurns(USUAL, 0), inTurns(again, 1))).toBe('cannot tell');
    expect(changeOf(inTurns(USUAL, 0), inTurns(again, 1), 0.2)).toBe('same');
    expect(changeOf(inTurns(USUAL, 0), inTurns(again, 1), 0.01)).toBe('cannot tell');
  });

  test('a run without a value is no repetition', () => {
    const { value: _value, ...nothing } = LATENCY;
    const without = { ...taking(12), slos: [{ ...nothing, verdict: 'unknown' as const, samples: 0 }] };
    expect(changeOf([without], [taking(12)], 0.1)).toBe('cannot tell');
  });

  test('an SLO that could not be judged is not compared, however close its values are', () => {
    const [slo] = taking(12).slos as [SloRecord];
    const few = { ...taking(12), slos: [{ ...slo, verdict: 'unknown' as const, samples: 3 }] };
    expect(changeOf([taking(12)], [few], 0.1)).toBe('cannot tell');
    const doubtful = { ...taking(12), unknowns: unknownRun().unknowns };
    expect(changeOf([doubtful], [taking(12)], 0.1)).toBe('cannot tell');
  });

  test('an SLO that was changed is not compared', () => {
    const eased = { ...taking(12), slos: [{ ...LATENCY, objective: { atMost: 60 } }] };
    expect(changeOf([taking(12)], [eased], 0.1)).toBe('cannot tell');
  });

  test('of a figure without a bound the unit says which way is better; of a share nobody knows', () => {
    const measuring = (value: number, unit: 'ids/s' | 'ratio'): Run => ({
      ...STORM,
      slos: [],
      figures: [{ name: 'figure', indicator: 'figure', what: 'a figure', unit, where: 'whole run', value, samples: 9 }],
    });
    const change = (unit: 'ids/s' | 'ratio'): string | undefined =>
      compare([measuring(0.5, unit)], [measuring(0.9, unit)], 0.1).rows.find(({ kind }) => kind === 'figure')?.change;
    expect([change('ids/s'), change('ratio')]).toEqual(['better', 'cannot tell']);
  });
});

describe('guarantees', () => {
  const change = (base: readonly Run[], run: readonly Run[], name: string): string =>
    compare(base, run).rows.find((row) => row.name === name)!.change;
  const [first, ...others] = STORM.findings;
  const broken: Run = { ...STORM, findings: [{ ...first!, verdict: 'fail', violations: 1 }, ...others] };

  test('one violation is enough for worse, and makes the exit code 10', () => {
    expect(change([STORM], [broken], 'unique')).toBe('worse');
    expect(compare([STORM], [broken]).exitCode).toBe(10);
  });

  test('one run without a violation may be luck; five are better', () => {
    expect(change([broken], [STORM], 'unique')).toBe('cannot tell');
    expect(change(fiveTimes(broken), fiveTimes(STORM), 'unique')).toBe('better');
  });

  test('what both keep, and what both break, is the same', () => {
    expect([change([STORM], [STORM], 'unique'), change([broken], [broken], 'unique')]).toEqual(['same', 'same']);
  });

  test('what one side does not know, nobody can compare', () => {
    const doubted: Run = { ...STORM, findings: [{ ...first!, verdict: 'unknown' }, ...others] };
    expect([change([STORM], [doubted], 'unique'), change([doubted], [STORM], 'unique')]).toEqual([
      'cannot tell',
      'cannot tell',
    ]);
  });

  test('what a run that proved nothing did not break is not kept', () => {
    const doubtful: Run = { ...STORM, verdict: 'unknown', unknowns: unknownRun().unknowns };
    const { rows, exitCode } = compare([STORM], [doubtful], 0.1);
    expect(rows.find(({ name }) => name === 'unique')).toMatchObject({ change: 'cannot tell', run: 'unknown' });
    expect(exitCode).toBe(12);
    expect(change([STORM], [{ ...broken, unknowns: doubtful.unknowns }], 'unique')).toBe('worse');
  });

  test('a promise that is dropped is worse, and one that neither makes is left out', () => {
    const dropped: Run = { ...STORM, findings: [{ ...first!, promised: false }, ...others] };
    expect(change([STORM], [dropped], 'unique')).toBe('worse');
    expect(compare([STORM], [STORM]).rows.map(({ name }) => name)).not.toContain('increasing-across-lives (node)');
  });

  test('a run is the same as itself', () => {
    for (const run of [STORM, failingCached()])
      expect(compare([run], [run])).toMatchObject({ change: 'same', exitCode: 0 });
  });
});

test('runs of another question, and runs that nobody judged, are refused with the reason', () => {
  const what = (base: Run, run: Run): readonly string[] => incomparable([base], [run]).map((one) => one.what);
  const { scenario } = STORM;
  expect(what(STORM, failingCached())).toEqual([]);
  expect(what(STORM, unknownRun())).toEqual([]);
  expect(what(STORM, { ...STORM, driver: 'sim' })).toEqual(['The driver is not the same: docker, sim.']);
  expect(what(STORM, { ...STORM, scenario: { ...scenario, load: { ...scenario.load, idsPerSecond: 1 } } })).toEqual([
    'The scenario storm was changed between the runs: load.',
  ]);
  expect(what(STORM, { ...STORM, load: { ...STORM.load!, client: 'built-in' } })).toEqual([
    'The client of the load is not the same: k6, built-in.',
  ]);
  expect(what(STORM, begunRun())).toEqual([expect.stringContaining('was never judged')]);
  expect(incomparable([STORM, failingCached()], [STORM])[0]?.what).toContain('generator within BASE');
});

test('what is told names both sides, the method, and each row with its reason; hostile names stay text', () => {
  const told = comparisonText(compare([STORM], [failingCached()], 0.1));
  for (const part of ['RUN is worse than BASE  exit 10', 'snowflake-cached', 'tolerance', 'owns-worker-id'])
    expect(told).toContain(part);
  const hostile = poison(STORM, '|<script>`@team');
  const markdown = comparisonMarkdown(compare([hostile], [hostile], 0.1));
  expect(markdown).not.toMatch(/<script|`|@team|&#124;.*\n.*&#124;\n#/);
  for (const table of markdown
    .trim()
    .split('\n\n')
    .filter((part) => part.startsWith('|')))
    expect(new Set(table.split('\n').map((row) => row.split('|').length)).size).toBe(1);
});

describe('the shift', () => {
  const side = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: REPETITIONS_MIN, maxLength: 9 });

  test('chances of ranks are those of counting all arrangements', () => {
    expect(chancesOfRanks(2, 2).map((chance) => Math.round(chance * 6))).toEqual([1, 1, 2, 1, 1]);
    for (const [n, m] of [
      [5, 5],
      [3, 8],
    ] as const) {
      const chances = chancesOfRanks(n, m);
      expect(chances).toHaveLength(n * m + 1);
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
      chances.forEach((chance, u) => expect(chance).toBeCloseTo(chances[n * m - u]!, 12));
    }
    expect(chancesOfRanks(5, 5)[0]).toBeCloseTo(1 / 252, 12);
  });

  test('moves with either side, and turns round when the sides change places', () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: -500, max: 500 }), (base, run, by) => {
        const { estimate, low, high } = shiftBetween(base, run)!;
        expect(low <= estimate && estimate <= high).toBe(true);
        const moved = shiftBetween(
          base,
          run.map((value) => value + by),
        )!;
        expect(moved).toEqual({ estimate: estimate + by, low: low + by, high: high + by });
        const turned = shiftBetween(run, base)!;
        expect([turned.low + 0, turned.high + 0]).toEqual([-high + 0, -low + 0]);
      }),
    );
  });

  test('of equal things hardly one in a hundred comes out as different', () => {
    const rng = createRng('equal sides');
    const draw = (): number[] => Array.from({ length: 6 }, () => rng.next() + rng.next());
    let wrong = 0;
    for (let i = 0; i < 2000; i++) {
      const { low, high } = shiftBetween(draw(), draw())!;
      if (low > 0 || high < 0) wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(30);
  });

  test('fewer repetitions than it takes give none', () => {
    expect(shiftBetween([1, 2, 3, 4], [5, 6, 7, 8, 9])).toBeUndefined();
  });
});
