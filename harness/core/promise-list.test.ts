import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GUARANTEE_NAMES } from './guarantee.ts';
import type { Promise_ } from './guarantee.ts';
import { promiseList, promisesText } from './promise-list.ts';
import { promisesSchema } from './promise-schema.ts';

test('names are separated by commas, and bounds stand behind =', () => {
  expect(promiseList('unique, increasing-across-lives=node,time-honest=1000/0.5,recovers=8000')).toEqual([
    { guarantee: 'unique' },
    { guarantee: 'increasing-across-lives', scope: 'node' },
    { guarantee: 'time-honest', pastMs: 1000, futureMs: 0.5 },
    { guarantee: 'recovers', withinMs: 8000 },
  ]);
  expect(promiseList('time-honest=20')).toEqual([{ guarantee: 'time-honest', pastMs: 20, futureMs: 20 }]);
});

const ms = fc.integer({ min: 0, max: 1e9 });
const promise: fc.Arbitrary<Promise_> = fc.oneof(
  fc.constantFrom<Promise_>(
    ...(['unique', 'well-formed', 'fails-closed'] as const).map((guarantee) => ({ guarantee })),
  ),
  fc.record({
    guarantee: fc.constant('increasing-across-lives' as const),
    scope: fc.constantFrom<('node' | 'worker-id')[]>('node', 'worker-id'),
  }),
  fc.record({ guarantee: fc.constant('time-honest' as const), pastMs: ms, futureMs: ms }),
  fc.record({ guarantee: fc.constant('recovers' as const), withinMs: ms }),
);
const promises = fc.uniqueArray(promise, {
  minLength: 1,
  selector: (one) => ('scope' in one ? `${one.guarantee} ${one.scope}` : one.guarantee),
});

test('promises are read back from their text as they were, and the schema takes them', () => {
  fc.assert(
    fc.property(promises, (given) => {
      const read = promiseList(promisesText(given));
      expect(read).toEqual(given);
      expect(promisesSchema.parse(read)).toEqual(given);
    }),
  );
});

test('each guarantee can be promised', () => {
  const bounds: Readonly<Record<string, string>> = {
    'time-honest': '=1',
    recovers: '=1',
    'increasing-across-lives': '=node',
  };
  const text = GUARANTEE_NAMES.map((name) => `${name}${bounds[name] ?? ''}`).join(',');
  expect(promiseList(text).map(({ guarantee }) => guarantee)).toEqual(GUARANTEE_NAMES);
});

test.each([
  ['uniqe', 'Did you mean unique?'],
  ['', 'no guarantee ""'],
  ['unique,', 'no guarantee ""'],
  ['unique=3', 'takes no bound'],
  ['unique,unique', 'promised twice'],
  ['time-honest', 'needs its bounds'],
  ['time-honest=soon', 'needs its bounds'],
  ['time-honest=-1', 'needs its bounds'],
  ['time-honest=1/2/3', 'needs its bounds'],
  ['time-honest=/5', 'needs its bounds'],
  ['recovers', 'recovers=8000'],
  ['increasing-across-lives', 'needs its scope'],
  ['recovers=1=2', 'more than one ='],
])('%j is refused: %s', (text, says) => {
  expect(() => promiseList(text)).toThrow(says);
});
