import { expect, test } from 'vitest';
import { all, capitalised, counted, disturbanceLabel, generatorLabel, times } from './phrases.ts';

test('numbers as people write them', () => {
  expect([1, 2, 148_667].map(times)).toEqual(['once', '2 times', '148,667 times']);
  expect([0, 1, 1000].map((count) => counted(count, 'node'))).toEqual(['0 nodes', '1 node', '1,000 nodes']);
  expect([1, 2].map((count) => counted(count, 'batch', 'batches'))).toEqual(['1 batch', '2 batches']);
  expect([1, 15].map((count) => all(count, 'disturbance'))).toEqual(['the one disturbance', 'all 15 disturbances']);
});

test("a generator of the user's own is named with its file", () => {
  expect(generatorLabel({ name: 'snowflake' })).toBe('snowflake');
  expect(generatorLabel({ name: 'snowflake', file: './mine.ts' })).toBe('snowflake (./mine.ts)');
});

test('a disturbance is called by its slot, its name, and the node that it is aimed at', () => {
  const of = { slot: 'paused', name: 'pause' };
  expect(disturbanceLabel({ ...of, options: { node: 'n2', byMs: 5 } })).toBe('paused: pause n2');
  expect(disturbanceLabel({ ...of, options: { side: ['n1'] } })).toBe('paused: pause');
});

test.each([
  ['there is no column key', 'There is no column key'],
  ['its header', 'Its header'],
  ['http://db.example:8123 does not answer', 'http://db.example:8123 does not answer'],
  ['time:41@1ms needs its epoch', 'time:41@1ms needs its epoch'],
  ['', ''],
])('%s begins a sentence', (text, sentence) => {
  expect(capitalised(text)).toBe(sentence);
});
