import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { GeneratorFault, returnedNoCount, returnedNoId, threwInMint, threwInModule } from '../core/minter-problem.ts';
import { faultyGenerator } from './faulty-generator.ts';

const load = (ok: number, errors: { readonly [reason: string]: number }): JournalEntry => ({
  at: 0,
  kind: 'load',
  node: 'n1',
  sent: 9,
  dropped: 0,
  ok,
  ids: ok,
  refused: {},
  errors,
  noAnswer: 0,
});
const ended = (lastWords: string): JournalEntry => ({ at: 0, kind: 'ended', node: 'n1', lastWords });
const said = (...journal: readonly JournalEntry[]): string | undefined =>
  faultyGenerator(journal, 'mine')
    ?.problems.map(({ where, what }) => `${where}: ${what}`)
    .join();
const overWrites = new TypeError('Cannot mix BigInt and other types');

test('where no client was ever given an ID, the fault of the code is told, and it is bad input', () => {
  expect(said(load(0, { [returnedNoCount(undefined, 3)]: 9 }))).toBe(
    'generator mine: mint returned undefined, and not how many IDs it wrote.',
  );
  expect(said(load(0, {}), load(0, { [threwInMint(overWrites)]: 1 }))).toBe(
    'generator mine: mint threw a TypeError (Cannot mix BigInt and other types).',
  );
  expect(said(ended(`exit 2, ${new GeneratorFault('holding returned null').message}`))).toBe(
    'generator mine: holding returned null.',
  );
  expect(faultyGenerator([load(0, { [threwInMint(overWrites)]: 1 })], 'mine')?.exitCode).toBe(2);
});

test('of a module, what its function returned or threw is told, and another remedy', () => {
  const fault = faultyGenerator([load(0, { [returnedNoId('null, and no ID')]: 9 })], 'mine');
  expect(fault?.message).toBe(`generator mine: its function returned null, and no ID. ${fault?.problems[0]?.remedy}`);
  expect(fault?.problems[0]?.remedy).toMatch(/^Mend the module/);
  expect(said(load(0, { [threwInModule(overWrites)]: 1 }))).toBe(
    'generator mine: its function threw a TypeError (Cannot mix BigInt and other types).',
  );
  // So does a generator refuse.
  expect(said(load(0, { [threwInModule(new Error('the clock went back'))]: 9 }))).toBeUndefined();
});

test('where one was, the run goes on and judges what there is', () => {
  const wrong = load(0, { [threwInMint(overWrites)]: 9 });
  expect(said(wrong, load(1, {}))).toBeUndefined();
  expect(said(load(1, {}), wrong, ended(new GeneratorFault('holding returned null').message))).toBeUndefined();
});

test('what is no fault of the code ends no run', () => {
  expect(said()).toBeUndefined();
  for (const error of [
    new Error('no leader'),
    new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }),
    'odd',
  ])
    expect(said(load(0, { [threwInMint(error)]: 9, busy: 1 }))).toBeUndefined();
  // A count out of range is what a checker judges.
  expect(said(load(0, { [returnedNoCount(-1, 3)]: 9 }))).toBeUndefined();
  expect(said(ended('exit 137'))).toBeUndefined();
});
