import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import { busyMachine, tooMuchLoad } from './busy-machine.ts';

const stall = (second: number, forMs: number): JournalEntry => ({ at: msToNs(second * 1000), kind: 'stall', forMs });
const health = (node: string, second: number, cpuWaitMs: number): JournalEntry => ({
  at: msToNs(second * 1000),
  kind: 'health',
  node,
  health: { status: 'minting', incarnation: 1, wallMs: 0, at: msToNs(second * 1000), minted: ['0'], cpuWaitMs },
  offsetMs: 0,
});

test('a machine that let all run has nothing to be told', () => {
  expect(busyMachine([stall(1, 900), stall(2, 900), health('n1', 1, 5), health('n1', 2, 400)])).toEqual([]);
});

test('it is told how often the harness stood still, and how long nodes waited for a CPU', () => {
  const journal = [
    ...[stall(1, 300), stall(2, 900), stall(3, 300)],
    ...[health('n2', 1, 5), health('n1', 1, 5), health('n2', 2, 600), health('n1', 2, 700), health('n2', 4, 1500)],
  ];
  expect(busyMachine(journal)).toEqual([
    'The harness stood still 3 times, for up to 900 ms: the machine is busy, and a quieter one may prove more.',
    'There were stretches in which nodes waited for a CPU for at least half of the time (n1: 1.0 s in all, n2: 1.0 s in all): the machine is busy, and a quieter one may prove more.',
  ]);
});

test('a node that was starved once, and then never answered again, is not said to have been starved since', () => {
  const silent = (second: number): JournalEntry => ({ at: msToNs(second * 1000), kind: 'no health', node: 'n1' });
  expect(busyMachine([health('n1', 1, 5), health('n1', 2, 700), silent(3), silent(4)])).toEqual([
    expect.stringContaining('(n1: 1.0 s in all)'),
  ]);
});

test('of a load that could not be offered it is told what to do', () => {
  const doubt = { reason: 'load not achieved', scope: 'n1', detail: 'late.' } as const;
  expect(tooMuchLoad([doubt, doubt])).toEqual([expect.stringContaining('lower load.idsPerSecond in the scenario.')]);
  expect(tooMuchLoad([{ ...doubt, reason: 'node silent' }])).toEqual([]);
});
