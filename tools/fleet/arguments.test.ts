/** A typo starts nothing. */
import { expect, test } from 'vitest';
import { EXIT } from '../../harness/core/errors.ts';
import { readArguments } from './arguments.ts';
import { fleetMembers } from './members.ts';

const all = await fleetMembers();
const read = (...args: readonly string[]) => readArguments(args, all);

test('without arguments each generator goes through each of its scenarios once', () => {
  expect(read()).toEqual({ times: 1, wanted: all, scenarios: undefined, check: false, build: false, page: false });
});

test('some generators, and of their scenarios some', () => {
  const { times, wanted, scenarios } = read(
    '--only',
    'ksuid',
    '--only',
    'cosid',
    '--scenario',
    'killed',
    '--times',
    '10',
  );
  expect(wanted.map(({ generator }) => generator.name).toSorted()).toEqual(['cosid', 'ksuid']);
  expect([times, scenarios]).toEqual([10, ['killed']]);
});

test.each([
  [['--only', 'ksiud'], 'nothing of that is called "ksiud"'],
  [['--scenario', 'kiled'], 'nothing of that is called "kiled"'],
  // A scenario of the fleet, which this generator does not go through.
  [['--only', 'ksuid', '--scenario', 'defaults'], 'nothing of that is called "defaults"'],
  [['--times', '0'], 'must be a whole number from 1'],
  [['--times', 'ten'], 'must be a whole number from 1'],
  [['--tmies', '2'], "Unknown option '--tmies'"],
  [['ksuid'], "Unexpected argument 'ksuid'"],
])('%j is wrong', (args, says) => {
  expect(() => read(...args)).toThrow(
    expect.objectContaining({ exitCode: EXIT.badInput, message: expect.stringContaining(says) as string }),
  );
});
