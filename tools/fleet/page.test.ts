/** FLEET.md says of each run what came of it, and no more. */
import { expect, test } from 'vitest';
import type { Generator } from '../../harness/core/generator.ts';
import type { Published } from '../../generators/published/programs/fleet.ts';
import type { Outcome } from './outcome.ts';
import { type Entry, fleetPage } from './page.ts';

const generator: Generator = {
  name: 'some-ids',
  summary: 'npm some-ids 1.2.3',
  promises: [{ guarantee: 'unique' }, { guarantee: 'fails-closed' }],
  layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  node: { kind: 'module', module: 'some-ids' },
};
const published: Published = {
  what: { registry: 'npm', name: 'some-ids', version: '1.2.3' },
  toolchain: 'npm',
  use: 'next()',
  documented: [{ guarantee: 'unique', says: 'IDs are unique', where: 'README.md, line 1' }],
  trials: [{ scenario: 'calm' }, { scenario: 'back', breaks: ['unique'], note: 'It forgets.' }],
};
const pass: Outcome = { verdict: 'pass', exitCode: 0, seed: '1', broken: [], minted: '10', doubts: [] };
const fail = (violations: number, seed: string): Outcome => ({
  ...pass,
  verdict: 'fail',
  exitCode: 10,
  seed,
  broken: [
    {
      what: 'unique',
      violations,
      among: '10 IDs',
      witness: 'n1 minted 7 twice.',
      cause: 'clock stepped back in process',
    },
  ],
});
const unknown: Outcome = { ...pass, verdict: 'unknown', exitCode: 12, doubts: ['The clock never stepped.'] };

const schedules = new Map([
  ['calm', 'nothing is disturbed'],
  ['back', 'clock-step of n1'],
]);

function page(calm: readonly Outcome[], back: readonly Outcome[]): string {
  const trials = [
    { scenario: 'calm', outcomes: calm },
    { scenario: 'back', outcomes: back },
  ];
  const entry: Entry = {
    generator,
    published,
    record: { name: 'some-ids', commit: 'abc', machine: 'two cores', trials },
  };
  return fleetPage([entry], schedules);
}

test('what was broken is told with how often, the promise with its place, an example, and the command that shows it', () => {
  const text = page([pass], [fail(3, '7'), fail(12, '8'), pass]);
  expect(text).toContain('“IDs are unique” (README.md, line 1)');
  expect(text).toContain('was broken in 2 of 3 runs; 3 to 12 violations in a run, of 10 IDs in the first');
  expect(text).toContain('For example (`unique`, seed 7): n1 minted 7 twice.');
  expect(text).toContain('Note: It forgets.');
  expect(text).toContain(
    'npx snowglobe run scenarios/published/back.ts --driver local --generator generators/published/some-ids.ts',
  );
});

test('what was kept is told with the number of runs and what they were', () => {
  const text = page([pass, pass], [fail(1, '7')]);
  expect(text).toContain('Kept its promises in 2 of 2 runs of these scenarios: calm (2; nothing is disturbed).');
});

test('a run that proves nothing is neither kept nor broken: it is told as unknown, with why', () => {
  const text = page([pass, unknown], [pass]);
  expect(text).toContain('unknown in 1 of 2');
  expect(text).toContain('Runs that are unknown: The clock never stepped.');
  expect(text).toContain('Kept its promises in 1 of 1 runs of these scenarios: back (1; clock-step of n1).');
});

test('what is broken outside of its documentation stands apart, with why', () => {
  const [calm, back] = published.trials;
  const trials = [calm!, { ...back!, outside: 'It asks for a true clock.' }];
  const record = {
    name: 'some-ids',
    commit: 'abc',
    machine: 'two',
    trials: [{ scenario: 'back', outcomes: [fail(1, '7')] }],
  };
  const text = fleetPage([{ generator, published: { ...published, trials }, record }], schedules);
  expect(text).toContain('| npm | – | – | back: `unique` broken in 1 of 1 | – |');
  expect(text).toContain('Outside of what its documentation promises or asks for: It asks for a true clock.');
});

test('what its documentation does not speak of is not put into its mouth', () => {
  expect(page([pass], [pass])).toContain('| `fails-closed` | asked of all; nothing is quoted for it |');
});
