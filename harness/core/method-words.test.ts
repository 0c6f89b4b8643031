import { expect, test } from 'vitest';
import { methodWords } from './method-words.ts';

const unique = { guarantee: 'unique' } as const;

test('by which method, for how many IDs, and where repeated ones are listed', () => {
  expect(
    methodWords([{ ...unique, method: { by: 'order of all IDs', ids: 1_000_000_000, compared: 1_000_000_000 } }]),
  ).toEqual(['How unique was judged: 1,000,000,000 IDs sorted and compared with their neighbours.']);
  const repeated = [{ id: '7', times: 2, sightings: [] }];
  expect(methodWords([{ ...unique, method: { by: 'run certificate', ids: 5000, compared: 12 }, repeated }])).toEqual([
    'How unique was judged: 5,000 IDs by run certificate, 12 of them compared one by one. run.json lists the repeated IDs and who minted them (1, lowest first).',
  ]);
});

test('findings of other guarantees, and of older runs, say nothing of it', () => {
  expect(methodWords([unique, { guarantee: 'well-formed' }])).toEqual([]);
});
