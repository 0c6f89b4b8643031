import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../harness/core/random.ts';
import { sloScope } from '../../harness/core/doubts-of.ts';
import type { Run } from '../../harness/core/run.ts';
import type { SloRecord } from '../../harness/core/slo.ts';
import { whereText } from '../../harness/core/slo-words.ts';
import { loadIndicators } from '../../harness/registry.ts';
import { failingCached } from '../fixtures/cached.ts';
import { poison } from '../fixtures/poison.ts';
import { begunRun, unknownRun } from '../fixtures/sparse.ts';
import { passingStorm } from '../fixtures/storm.ts';
import { incomparable } from './comparable.ts';
import { compare as compareBy } from './compare.ts';
import type { Comparison } from './compare.ts';
import { chanceOfNone } from './guarantees.ts';
import { chancesOfRanks, REPETITIONS_MIN, shiftBetween } from './shift.ts';
import { comparisonMarkdown, comparisonText } from './text.ts';

const INDICATORS = await loadIndicators();
const DIRECTIONS = new Map([...INDICATORS.values()].map(({ name, better }) => [name, better]));

const compare = (base: readonly Run[], run: readonly Run[], tolerance?: number): Comparison =>
  compareBy(base, run, DIRECTIONS, tolerance);

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

/** A further run of the same, of its own name. */
const again = (run: Run, i: number, seed = run.seed): Run => ({
  ...run,
  seed,
  measured: { ...run.measured, runId: `again${i}` },
});
const fiveTimes = (run: Run): readonly Run[] => Array.from({ length: 5 }, (_, i) => again(run, i));

const UNKNOWN = [{ reason: 'disturbance did not bite', scope: 'paused/pause', detail: 'It ran on.' }] as const;

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
    const alike = [12.3, 12.0, 12.8, 12.2, 12.5];
    expect(changeOf(inTurns(USUAL, 0), inTurns(alike, 1))).toBe('cannot tell');
    expect(changeOf(inTurns(USUAL, 0), inTurns(alike, 1), 0.2)).toBe('same');
    expect(changeOf(inTurns(USUAL, 0), inTurns(alike, 1), 0.01)).toBe('cannot tell');
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

  const FIGURE = { name: 'figure', what: 'a figure', unit: 'count', where: whereText('whole'), samples: 9 } as const;
  const measuring = (value: number, indicator = 'latency', more: object = {}): Run => ({
    ...STORM,
    slos: [],
    figures: [{ ...FIGURE, indicator, value, ...more }],
  });
  const changeOfFigure = (base: Run, run: Run): string | undefined =>
    compare([base], [run], 0.1).rows.find(({ kind }) => kind === 'figure')?.change;

  test.each([...INDICATORS.values()])(
    'of $name the greater one is what the indicator says of it',
    ({ name, better }) => {
      expect(changeOfFigure(measuring(1, name), measuring(2, name))).toBe(better === 'more' ? 'better' : 'worse');
      expect(changeOfFigure(measuring(2, name), measuring(1, name))).toBe(better === 'more' ? 'worse' : 'better');
    },
  );

  test('of an indicator that this snowglobe does not know nobody can tell which way is better', () => {
    expect(changeOfFigure(measuring(1, 'of-later-days'), measuring(2, 'of-later-days'))).toBe('cannot tell');
  });

  test('a figure is held against that of the whole run, and never against one of a part that bears its name', () => {
    const whole = measuring(1).figures!;
    const part = measuring(9, 'latency', { where: whereText('recover') }).figures!;
    const both = { ...measuring(1), figures: [...part, ...whole] };
    expect(changeOfFigure(measuring(1), both)).toBe('same');
    expect(changeOfFigure(measuring(1), { ...both, figures: part })).toBe('cannot tell');
    expect(changeOfFigure(measuring(1), measuring(1, 'latency', { what: 'another figure' }))).toBe('cannot tell');
  });

  test('a share of nothing is nothing: beside a BASE of 0 a tolerance tells of no change', () => {
    expect(changeOfFigure(measuring(0), measuring(0.001))).toBe('cannot tell');
    expect(changeOfFigure(measuring(0), measuring(0))).toBe('same');
    const zeros = inTurns([0, 0, 0, 0, 0], 0);
    expect(changeOf(zeros, inTurns([3, 4, 3, 5, 4], 1), 0.1)).toBe('worse');
  });

  test.each([NaN, Infinity])('%s is no value', (value) => {
    expect(changeOfFigure(measuring(value), measuring(1))).toBe('cannot tell');
    expect(changeOfFigure(measuring(1), measuring(value))).toBe('cannot tell');
    expect(changeOf(inTurns([...USUAL.slice(1), value], 0), inTurns(HIGHER, 1))).toBe('cannot tell');
  });

  test('of a run that proves nothing no figure is held against another', () => {
    const doubted = { ...measuring(1), verdict: 'unknown', unknowns: UNKNOWN } as const;
    expect(changeOfFigure(doubted, measuring(2))).toBe('cannot tell');
    expect(changeOfFigure(measuring(2), doubted)).toBe('cannot tell');
    const few = { ...taking(12), slos: [{ ...LATENCY, value: 30, verdict: 'unknown' as const, samples: 3 }] };
    expect(changeOf([taking(12)], [few], 0.1)).toBe('cannot tell');
  });

  test('another seed or another machine on the other side may be what made the difference', () => {
    const [base, run] = [inTurns(USUAL, 0), inTurns(HIGHER, 1)];
    const seeded = (runs: readonly Run[], ...seeds: readonly string[]): readonly Run[] =>
      runs.map((of, i) => ({ ...of, seed: seeds[i % seeds.length]! }));
    expect(changeOf(base, run)).toBe('worse');
    expect(changeOf(seeded(base, '1'), seeded(run, '2'))).toBe('cannot tell');
    expect(changeOf(seeded(base, '1'), seeded(run, '2'), 0.1)).toBe('cannot tell');
    expect(changeOf(seeded(base, '1', '1', '1', '1', '2'), seeded(run, '1', '2', '2', '2', '2'))).toBe('cannot tell');
    expect(changeOf(seeded(base, '1', '2', '3', '4', '5'), seeded(run, '5', '4', '3', '2', '1'))).toBe('worse');
    expect(changeOf(seeded([taking(12)], '1'), seeded([taking(30)], '2'), 0.1)).toBe('cannot tell');
    // One a run, drawn anew: they are part of the noise.
    expect(changeOf(seeded(base, '1', '2', '3', '4', '5'), seeded(run, '6', '7', '8', '9', '10'))).toBe('worse');
    const host = { ...STORM.measured.host, cores: '64' };
    const elsewhere = run.map((of) => ({ ...of, measured: { ...of.measured, host } }));
    expect(changeOf(base, elsewhere)).toBe('cannot tell');
    expect(compare(base, elsewhere).method).toContain('the machine is not the same');
  });

  test('one run that was copied is one repetition, and so are simulated ones of one seed', () => {
    const copied = (runs: readonly Run[]): readonly Run[] => runs.map((of) => ({ ...of, measured: runs[0]!.measured }));
    expect(changeOf(copied(inTurns(USUAL, 0)), inTurns(HIGHER, 1))).toBe('cannot tell');
    const simulated = (runs: readonly Run[], of: (i: number) => string): readonly Run[] =>
      runs.map((run, i) => ({ ...run, driver: 'sim', seed: of(i) }));
    const [base, run] = [USUAL.map((ms, i) => taking(ms, i)), HIGHER.map((ms, i) => taking(ms, 10 + i))];
    expect(
      changeOf(
        simulated(base, () => '1'),
        simulated(run, () => '1'),
      ),
    ).toBe('cannot tell');
    // Virtual time stands for no time of day: nothing has to be in turns.
    expect(changeOf(simulated(base, String), simulated(run, String))).toBe('worse');
  });

  test('sides that change places often, but of which one is the earlier on the whole, are not in turns', () => {
    const early = Array.from({ length: 40 }, (_, i) => taking(12 + (i % 7) / 10, i));
    const late = HIGHER.map((ms, i) => taking(ms, 50 + 2 * i));
    const between = USUAL.map((ms, i) => taking(ms, 51 + 2 * i));
    expect(changeOf(between, late)).toBe('worse');
    expect(changeOf([...early, ...between], late)).toBe('cannot tell');
    expect(changeOf(late, [...early, ...between])).toBe('cannot tell');
    const inOrder = inTurns(HIGHER, 1);
    const last = inOrder.at(-1)!;
    const timeless = { ...last, measured: { ...last.measured, startedAt: '' } };
    expect(changeOf(inTurns(USUAL, 0), [...inOrder.slice(0, -1), timeless])).toBe('cannot tell');
  });

  test('of many figures some come out as different by chance, and it is said how many', () => {
    expect(compare(inTurns(USUAL, 0), inTurns(HIGHER, 1)).method).toContain(
      'of 1 figure that are the same 0.01 come out as different by chance',
    );
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

  test('one run without a violation may be luck; five of five that broke it, and none of five, are better', () => {
    expect(change([broken], [STORM], 'unique')).toBe('cannot tell');
    expect(change(fiveTimes(broken), fiveTimes(STORM), 'unique')).toBe('better');
    const copies = (run: Run): readonly Run[] => Array.from({ length: 5 }, () => run);
    expect(change(copies(broken), copies(STORM), 'unique')).toBe('cannot tell');
  });

  test('what was seldom broken has to stay away for long before it counts as better', () => {
    const seldom = [broken, ...fiveTimes(STORM).slice(1)];
    expect(change(seldom, fiveTimes(STORM), 'unique')).toBe('cannot tell');
    expect(compare(seldom, fiveTimes(STORM)).rows[0]!.why).toContain('in 1 of 5, and RUN in none of 5');
    expect(chanceOfNone(1, 5, 5)).toBeCloseTo(1 / 2, 12);
    expect(chanceOfNone(5, 5, 5)).toBeCloseTo(1 / 252, 12);
    expect(chanceOfNone(2, 3, 4)).toBeCloseTo(3 / 21, 12);
  });

  test('with other seeds a violation is worse all the same, and none is no better', () => {
    const others = fiveTimes(STORM).map((run, i) => again(run, i, '99'));
    expect(change(fiveTimes(broken), others, 'unique')).toBe('cannot tell');
    const row = compare(others, [broken]).rows.find(({ name }) => name === 'unique')!;
    expect(row).toMatchObject({ change: 'worse', why: expect.stringContaining('though the seeds are not the same') });
  });

  test('a run that proves nothing keeps nothing; what it broke is broken', () => {
    const unproved = (run: Run): Run => ({ ...run, verdict: 'unknown', unknowns: UNKNOWN });
    expect(compare([STORM], [unproved(STORM)])).toMatchObject({ change: 'cannot tell', exitCode: 12 });
    expect(change([STORM], [unproved(STORM)], 'unique')).toBe('cannot tell');
    expect(change([STORM], [unproved(broken)], 'unique')).toBe('worse');
    // What is unknown of one SLO alone leaves the guarantees as they are.
    const slo = { reason: 'too few samples', scope: sloScope(LATENCY.name), detail: 'There were 3.' } as const;
    expect(change([STORM], [{ ...STORM, unknowns: [slo] }], 'unique')).toBe('same');
  });

  test('a run that was judged of nothing dropped no promise, and hides no violation of another run', () => {
    const empty: Run = { ...again(STORM, 9), verdict: 'unknown', unknowns: UNKNOWN, findings: [] };
    expect(change([STORM], [empty], 'unique')).toBe('cannot tell');
    expect(change([empty], [STORM], 'unique')).toBe('cannot tell');
    expect(change([STORM], [broken, empty], 'unique')).toBe('worse');
  });

  test('a promise with wider bounds is another promise, unless it is broken all the same', () => {
    const within = (withinMs: number, run = STORM): Run => ({
      ...run,
      generator: { ...run.generator, promises: [{ guarantee: 'recovers', withinMs }] },
    });
    expect(change([within(7000)], [within(7000)], 'recovers')).toBe('same');
    expect(change([within(7000)], [within(60_000)], 'recovers')).toBe('cannot tell');
    const late = { ...STORM, findings: STORM.findings.map((one) => ({ ...one, verdict: 'fail' as const })) };
    expect(change([within(7000)], [within(60_000, late)], 'recovers')).toBe('worse');
  });

  test('where nothing could be compared nobody can tell', () => {
    const bare: Run = { ...STORM, generator: { ...STORM.generator, promises: [] }, slos: [], figures: [] };
    const nothing = compare([bare], [bare]);
    expect(nothing).toMatchObject({ change: 'cannot tell', exitCode: 12, rows: [] });
    expect(comparisonText(nothing)).toContain('Nobody can tell');
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
    const { promises } = STORM.generator;
    const dropped: Run = {
      ...STORM,
      generator: { ...STORM.generator, promises: promises.filter(({ guarantee }) => guarantee !== 'unique') },
      findings: [{ ...first!, promised: false }, ...others],
    };
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
