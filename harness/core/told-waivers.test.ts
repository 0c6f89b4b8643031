import { expect, test } from 'vitest';
import type { Cause } from './cause.ts';
import type { Run } from './run.ts';
import { tellWaivers } from './told-waivers.ts';
import type { Outcome, Waiver } from './waivers.ts';
import { waive } from './waivers.ts';

const PAUSED: Cause = 'two holders: paused past its lease';
const RACED: Cause = 'threads raced for one sequence';

const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  ...{ guarantee: 'unique', generator: 'snowflake-cached', reason: 'known', ticket: 'ID-7', expires: '2999-12-31' },
  where: 'w:1',
  ...more,
});

/** A run of storm that broke `unique` once by each of these causes. */
function run(causes: readonly (Cause | undefined)[], more: object = {}): Run {
  const verdict = causes.length === 0 ? 'pass' : 'fail';
  const witnesses = causes.map((cause) => ({ what: '', sightings: [], at: 0, ...(cause !== undefined && { cause }) }));
  const finding = { guarantee: 'unique', promised: true, verdict, violations: causes.length, outsideAssumptions: 0 };
  return {
    ...{ state: 'judged', verdict, exitCode: 10, unknowns: [], measured: {} },
    scenario: { name: 'storm' },
    generator: { name: 'snowflake-cached', promises: [{ guarantee: 'unique' }] },
    findings: [{ ...finding, witnesses }],
    ...more,
  } as unknown as Run;
}

const outcome = (of: Run | undefined): Outcome => ({ generator: 'snowflake-cached', scenario: 'storm', run: of });
/** What is told once the run was held against these waivers. */
const told = (of: Run | undefined, ...waivers: readonly Waiver[]): readonly string[] =>
  tellWaivers(waivers, [outcome(of && waive(of, waivers))]);

test('without waivers nothing is told, whatever is broken', () => {
  expect(told(run([PAUSED]))).toEqual([]);
});

test('a waiver that covers something is told with how much and where', () => {
  expect(told(run([PAUSED, PAUSED]), waiver())).toEqual([
    'Waiver w:1 of unique by snowflake-cached: covers 2 violations in storm.',
  ]);
});

test.each<[string, Run | undefined, Partial<Waiver>, string]>([
  [
    'is for another generator',
    run([PAUSED]),
    { generator: 'ulid' },
    'it is for the generator ulid, and this command runs snowflake-cached.',
  ],
  [
    'is for another scenario',
    run([PAUSED]),
    { scenario: 'burst' },
    'it is for the scenario burst, and this command runs snowflake-cached in storm.',
  ],
  ['is for another cause', run([RACED]), { cause: PAUSED }, `unique was broken in storm by another cause: "${RACED}".`],
  [
    'is for one of the causes',
    run([RACED, PAUSED]),
    { cause: PAUSED },
    `unique was broken in storm by other causes too: "${RACED}".`,
  ],
  [
    'is for a cause, and there is none',
    run([undefined]),
    { cause: PAUSED },
    'by another cause: a cause that is not known.',
  ],
  ['is for what was kept', run([]), {}, 'unique was kept in storm.'],
  [
    'is for what is no promise',
    run([PAUSED]),
    { guarantee: 'recovers' },
    'snowflake-cached does not promise recovers.',
  ],
  ['is for a run that was not begun', undefined, {}, 'storm was not run.'],
])('a waiver that covers nothing since it %s is told with that', (_, of, more, says) => {
  expect(told(of, waiver(more))[0]).toContain('covers nothing; ');
  expect(told(of, waiver(more))[0]).toContain(says);
});

test('an SLO is told by its name', () => {
  const of = run([], { slos: [{ name: 'fast', verdict: 'unknown' }] });
  const { guarantee: _, ...rest } = waiver();
  expect(told(of, { ...rest, slo: 'fast' })[0]).toContain('whether SLO fast held in storm is not known.');
  expect(told(of, { ...rest, slo: 'slow' })[0]).toContain('SLO slow was not judged in storm.');
});

test('what is broken and waived by nothing is told, what is waived is not', () => {
  expect(told(run([RACED]), waiver({ cause: PAUSED })).at(-1)).toBe(
    'Covered by no waiver: unique by snowflake-cached in storm.',
  );
  expect(told(run([RACED]), waiver({ cause: RACED }))).toHaveLength(1);
});
