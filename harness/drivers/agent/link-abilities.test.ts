import { expect, test } from 'vitest';
import { lackingLinks } from './link-abilities.ts';

test('what the trial does not name is not there, and there is a note on it', () => {
  expect(lackingLinks('network.loss network.reset network.bandwidth network.delay')).toEqual({
    abilities: new Set(),
    notes: [],
  });
  const { abilities, notes } = lackingLinks('network.loss network.reset network.bandwidth');
  expect(abilities).toEqual(new Set(['network.delay']));
  expect(notes).toEqual([expect.stringMatching(/sch_netem: no latency/)]);
  expect(lackingLinks('').abilities.size).toBe(4);
});
