import { expect, test } from 'vitest';
import type { Generator } from '../../harness/core/generator.ts';
import type { Scenario } from '../../harness/core/scenario.ts';
import type { Cell, Outcome, Place } from './cell.ts';
import { cellOf } from './cell.ts';
import { planOf, sampleOf, WHOLE } from './plan.ts';
import { boardProblems, missingCells } from './problems.ts';
import { scoreboardText, withScoreboard } from './table.ts';

const MUTANT = {
  breaks: ['unique'],
  because: 'sequence reset within a tick',
  shownBy: ['quiet'],
} as const satisfies Generator['mutant'];
const generator = (name: string, mutant?: Generator['mutant']): Generator =>
  ({ name, ...(mutant !== undefined && { mutant }) }) as Generator;
const honest = generator('honest');
const resets = generator('resets', MUTANT);
const scenarios = [{ name: 'quiet', generator: 'honest' }] as Scenario[];

function problemsOf(generators: readonly Generator[], cells: readonly Cell[], fits = true): readonly string[] {
  return boardProblems({ generators, scenarios, fits: () => fits }, [], [], cells);
}

const at = (name: string, calm = false): Place => ({ generator: name, scenario: 'quiet', calm });
const passed = (count: number): Outcome[] =>
  Array.from({ length: count }, (_, index) => ({ seed: String(index), verdict: 'pass', causes: {}, doubts: [] }));
const failed = (count: number, causes: Outcome['causes']): Outcome[] =>
  Array.from({ length: count }, (_, index) => ({ seed: String(100 + index), verdict: 'fail', causes, doubts: [] }));
const undecided = (count: number): Outcome[] =>
  passed(count).map((outcome) => ({ ...outcome, verdict: 'unknown', doubts: ['hazard not reached'] }));
const RIGHT = { unique: ['sequence reset within a tick'] } as const;

function board(...changed: Cell[]): Cell[] {
  const usual = [
    cellOf(at('honest'), passed(4), undefined),
    cellOf(at('resets'), failed(4, RIGHT), MUTANT),
    cellOf(at('resets', true), passed(1), MUTANT),
  ];
  const key = ({ generator: name, calm }: Cell): string => `${name} ${String(calm)}`;
  return [...usual.filter((cell) => !changed.some((other) => key(other) === key(cell))), ...changed];
}

test('a scoreboard on which nothing falls short', () => {
  expect(problemsOf([honest, resets], board())).toEqual([]);
});

test.each<[string, Cell[], RegExp]>([
  [
    'an honest generator that fails',
    board(cellOf(at('honest'), [...passed(3), ...failed(1, RIGHT)], undefined)),
    /honest and failed 1 of 4 runs of quiet .*first seed 100/,
  ],
  [
    'a mutant that is caught too seldom',
    board(cellOf(at('resets'), [...passed(11), ...failed(9, RIGHT)], MUTANT)),
    /not caught often enough/,
  ],
  [
    'a mutant that fails for another cause',
    board(cellOf(at('resets'), [...failed(3, RIGHT), ...failed(1, { unique: ['not explained'] })], MUTANT)),
    /only 3 of them for/,
  ],
  [
    'a mutant that breaks more than it says',
    board(cellOf(at('resets'), failed(4, { ...RIGHT, recovers: ['silent after the heal'] }), MUTANT)),
    /broke recovers in quiet/,
  ],
  [
    'a mutant that fails without disturbances',
    board(cellOf(at('resets', true), failed(1, RIGHT), MUTANT)),
    /without any disturbance/,
  ],
  [
    'a scenario that no honest generator passes',
    board(cellOf(at('honest'), undecided(4), undefined)),
    /no honest generator passes quiet/,
  ],
  [
    'a mutant of which it is not seen that it passes without disturbances',
    board(cellOf(at('resets', true), undecided(1), MUTANT)),
    /no mutant that fails quiet passes it without the disturbances/,
  ],
])('%s is told', (_, cells, what) => {
  expect(problemsOf([honest, resets], cells).join('\n')).toMatch(what);
});

test('a generator that is honest and never passes is told, whether it is unknown or has no cell', () => {
  const refuses = generator('refuses');
  const asked = cellOf(at('refuses'), undecided(3), undefined);
  expect(problemsOf([honest, resets, refuses], [...board(), asked])).toEqual([
    'refuses is honest and passes nowhere (3 of its 3 runs are unknown)',
  ]);
  expect(problemsOf([honest, resets, refuses], board())).toEqual(['refuses is honest and took part in no scenario']);
});

test('a scenario is for its own generator to pass: that another one passes it is not enough', () => {
  const other = generator('other');
  const passes = cellOf(at('other'), passed(4), undefined);
  const elsewhere = { ...cellOf(at('honest'), passed(1), undefined), scenario: 'elsewhere' };
  const own = cellOf(at('honest'), undecided(4), undefined);
  expect(problemsOf([honest, resets, other], [...board(own), passes, elsewhere])).toEqual([
    'honest does not pass quiet, which was written for it, often enough (0 of 4; hazard not reached)',
  ]);
  const without = board().filter((cell) => cell.generator !== 'honest');
  expect(problemsOf([honest, resets, other], [...without, passes, elsewhere])).toEqual([
    'honest does not pass quiet, which was written for it, often enough (it did not take part)',
  ]);
});

test('a board without cells shows nothing, and says so of everybody', () => {
  expect(problemsOf([honest, resets], [])).toEqual([
    'honest is honest and took part in no scenario',
    'resets is not caught often enough in any of its scenarios (it has none)',
    'no generator took part in quiet',
  ]);
});

test('a mutant that cannot take part where it is said to be shown is told, a real one too', () => {
  const real = generator('real', { ...MUTANT, shownBy: ['nowhere'], real: true });
  expect(problemsOf([honest, resets, real], board())).toEqual([
    'real is said to be shown by nowhere, in which it cannot take part',
  ]);
  expect(problemsOf([honest, resets], board(), false)).toEqual([
    'resets is said to be shown by quiet, in which it cannot take part',
  ]);
});

test('only a scenario that no simulated mutant shows is left to real ones', () => {
  const real = generator('real', { ...MUTANT, real: true });
  const unharmed = board(cellOf(at('resets'), passed(4), MUTANT));
  expect(problemsOf([honest, resets, real], unharmed)).toContain('no mutant fails quiet');
  const only = board().filter((cell) => cell.generator === 'honest');
  expect(problemsOf([honest, real], only)).toEqual([]);
});

test('runs that were planned and are not there are told', () => {
  const planned = board().map(({ generator: name, scenario, calm, runs }) => ({
    generator: name,
    scenario,
    calm,
    runs,
  }));
  expect(missingCells(planned, board())).toEqual([]);
  expect(missingCells(planned, [cellOf(at('honest'), passed(2), undefined), ...board().slice(1, 2)])).toEqual([
    'honest through quiet: 2 of 4 runs were carried out',
    'resets through quiet without disturbances: 0 of 1 runs were carried out',
  ]);
});

test('a mutant that needs no disturbance may fail without', () => {
  const needsNone = generator('resets', { ...MUTANT, needsNoDisturbance: true });
  expect(problemsOf([honest, needsNone], board(cellOf(at('resets', true), failed(1, RIGHT), MUTANT)))).toEqual([]);
});

test('a scenario that nothing fails is told, and a mutant without a scenario', () => {
  expect(problemsOf([honest], board().slice(0, 1))).toEqual(['no mutant fails quiet']);
  expect(problemsOf([honest, generator('idle', { ...MUTANT, shownBy: [] })], board())).toContain(
    'idle is not caught often enough in any of its scenarios (it has none)',
  );
});

test('of a part, those are judged that were named: a scenario that nothing fails is blind, whoever else was not asked', () => {
  const field = { generators: [honest, resets], scenarios, fits: () => true };
  const nothingFails = board(cellOf(at('resets'), passed(3), MUTANT));
  expect(boardProblems(field, ['quiet'], [], board())).toEqual([]);
  expect(boardProblems(field, ['quiet'], [], nothingFails)).toEqual([
    'no mutant fails quiet',
    'no mutant that fails quiet passes it without the disturbances',
  ]);
  expect(boardProblems(field, ['honest'], [], board().slice(0, 1))).toEqual([]);
  expect(boardProblems(field, ['resets'], [], nothingFails)).toEqual([
    'resets is not caught often enough in any of its scenarios (quiet 0 of 3)',
  ]);
});

test('every mutant goes through its own scenario with and without disturbances, a real one through none', () => {
  const real = generator('real', { ...MUTANT, real: true });
  const plan = planOf([honest, resets, real], scenarios, WHOLE, () => true);
  expect(plan.map(({ generator: name, calm, seeds }) => [name, calm, seeds])).toEqual([
    ['honest', false, 5],
    ['resets', false, 20],
    ['resets', true, 3],
  ]);
});

test('the sample proves each scenario by a mutant of its own, and shows each mutant', () => {
  const mutant = (name: string, ...shownBy: string[]): Generator => generator(name, { ...MUTANT, shownBy });
  const needsNone = generator('needs-none', { ...MUTANT, shownBy: ['two'], needsNoDisturbance: true });
  const real = generator('real', { ...MUTANT, shownBy: ['one'], real: true });
  const all = [
    honest,
    needsNone,
    mutant('many', 'one', 'two', 'three'),
    mutant('single', 'one'),
    mutant('late', 'one'),
  ];
  const three = ['one', 'two', 'three'].map((name) => ({ name, generator: 'honest' })) as Scenario[];
  const sample = sampleOf([...all, real], three, () => true);
  const of = (shows: string, calm: boolean): string[] =>
    sample
      .filter((entry) => entry.shows === shows && entry.calm === calm)
      .map((entry) => `${entry.generator} ${entry.scenario}`);
  expect(of('pass', false)).toEqual(['honest one', 'honest two', 'honest three']);
  expect(of('caught', false)).toEqual(['needs-none two', 'single one', 'late one', 'many two', 'many three']);
  expect(of('pass', true)).toEqual(['single one', 'many two', 'many three']);
  expect(sampleOf(all, three, () => false)).toEqual([]);
  const withGuest = sampleOf([...all, generator('guest')], three, (_, { name }) => name !== 'one');
  expect(withGuest.filter((entry) => entry.generator === 'guest')).toMatchObject([{ scenario: 'two', shows: 'pass' }]);
});

test('a part of the board tells of those that took part, and of nobody else', () => {
  const elsewhere = { name: 'elsewhere', generator: 'honest' } as Scenario;
  const cells = board().filter((cell) => cell.generator === 'resets');
  const part = { commit: 'abc', date: '2026-01-31', seconds: 61, cores: 2, cells, problems: [] };
  const text = scoreboardText(part, [resets], [...scenarios, elsewhere]);
  expect(text).toContain('| quiet |  | `resets` | `resets` passes 1/1 |');
  expect(text).not.toContain('elsewhere');
  expect(text).not.toContain('honest generator | scenarios');
});

test('a mutant of real threads or processes is said to be judged elsewhere', () => {
  const real = generator('real', { ...MUTANT, real: true });
  const part = { commit: 'abc', date: '2026-01-31', seconds: 61, cores: 2, cells: [], problems: [] };
  expect(scoreboardText(part, [real], scenarios)).toContain(
    'on real drivers only, by `npm run torture -- real-mutants`',
  );
});

test('the table takes its place in a document, and says what falls short', () => {
  const text = scoreboardText(
    { commit: 'abc', date: '2026-01-31', seconds: 61, cores: 2, cells: board(), problems: ['a thing'] },
    [honest, resets],
    scenarios,
  );
  expect(text).toContain('| `resets` | unique | sequence reset within a tick | quiet 4/4 |  |');
  expect(text).toContain('| `honest` | 1 | 4 | 4 | 0 | 0 |');
  expect(text).toContain('| quiet | `honest` 4/4 | `resets` | `resets` passes 1/1 |');
  expect(text).toContain('- a thing');
  const place = '<!-- scoreboard: written by `npm run scoreboard` -->\nold\n<!-- end of the scoreboard -->';
  expect(withScoreboard(`before\n${place}\nafter`, text)).not.toContain('old');
  expect(() => withScoreboard('nothing', text)).toThrow('needs a line');
});
