import { expect, test } from 'vitest';
import type { Mutant } from '../../harness/core/generator.ts';
import type { Broke } from './caught.ts';
import { shortOfCaught } from './caught.ts';
import { compare } from './dangerous.ts';

const MUTANT: Mutant = {
  breaks: ['unique', 'owns-worker-id'],
  because: ['minted after its lease', 'sequence reset within a tick'],
  shownBy: [],
};
const broke = (causes: Broke['causes']): Broke => ({
  verdict: Object.keys(causes).length > 0 ? 'fail' : 'pass',
  broken: Object.keys(causes) as Broke['broken'],
  causes,
});
const onAll = (...runs: readonly Broke[]): ReturnType<typeof compare> =>
  compare(new Map(runs.map((run, index) => [['sim', 'local', 'docker'][index]!, run])), MUTANT);

test('drivers agree in one guarantee and its cause, or a cause of its group', () => {
  expect(
    onAll(
      broke({ 'owns-worker-id': ['minted after its lease'] }),
      broke({ 'owns-worker-id': ['two holders: coordinator outage'], unique: ['sequence reset within a tick'] }),
      broke({ 'owns-worker-id': ['not explained', 'minted after its lease'] }),
    ),
  ).toMatchObject({ verdict: 'pass', remark: 'all agree in owns-worker-id: minted after its lease' });
});

test.each<[string, readonly Broke[]]>([
  [
    'another guarantee',
    [broke({ unique: ['minted after its lease'] }), broke({ 'owns-worker-id': ['minted after its lease'] })],
  ],
  [
    'the same guarantee for another cause',
    [broke({ unique: ['minted after its lease'] }), broke({ unique: ['sequence reset within a tick'] })],
  ],
  [
    'a cause that the mutant does not state',
    [broke({ unique: ['not explained'] }), broke({ unique: ['not explained'] })],
  ],
  [
    'a guarantee that the mutant does not break',
    [broke({ recovers: ['minted after its lease'] }), broke({ recovers: ['minted after its lease'] })],
  ],
  ['nothing on one of them', [broke({ unique: ['minted after its lease'] }), broke({})]],
  ['no driver at all', []],
])('%s is no agreement', (_, runs) => {
  expect(onAll(...runs).verdict).toBe('fail');
});

test('a mutant is caught for what it states alone', () => {
  expect(shortOfCaught(broke({ unique: ['minted after its lease'] }), MUTANT)).toEqual([]);
  expect(shortOfCaught(broke({}), MUTANT)).toEqual(['not caught']);
  expect(shortOfCaught(broke({ unique: ['not explained'] }), MUTANT)).toHaveLength(1);
  expect(
    shortOfCaught(broke({ unique: ['minted after its lease'], 'fails-closed': ['error passed as an ID'] }), MUTANT),
  ).toEqual(['fails-closed, which it does not say that it breaks']);
});
