import { expect, test } from 'vitest';
import { lackingLinks } from './link-abilities.ts';

test('what the trial does not name is not there, and there is a note on it', () => {
  expect(lackingLinks('tc sch_htb network.loss network.reset network.bandwidth network.delay')).toEqual({
    abilities: new Set(),
    notes: [],
  });
  const { abilities, notes } = lackingLinks('tc sch_htb network.loss network.reset network.bandwidth');
  expect(abilities).toEqual(new Set(['network.delay']));
  expect(notes).toEqual([
    'tc is there, and the kernel has no sch_netem (modprobe sch_netem, where there is such a module): no latency',
  ]);
  expect(lackingLinks('').abilities.size).toBe(4);
});

test('of tc and the modules of the kernel it is told which is missing', () => {
  const ofDelay = (line: string): string | undefined => lackingLinks(line).notes.at(-1);
  expect(ofDelay('')).toBe('there is no tc (iproute2): no latency');
  expect(ofDelay('tc')).toMatch(/^tc is there, and the kernel has no sch_htb .*: no latency$/);
});
