/** Our preloaded library under Node, whose timers and monotonic clock must not notice it. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { ClusterNode } from '../../../core/cluster.ts';
import type { Fault } from '../../../core/fault.ts';
import clockDrift from '../../../faults/clock-drift.ts';
import clockFreeze from '../../../faults/clock-freeze.ts';
import clockStep from '../../../faults/clock-step.ts';
import type { ClockTools } from './clock-backend.ts';
import { shim } from './shim.ts';
import { startSkewed, toolsHere, type SkewedProgram } from './skewed-program-for-tests.ts';

/** Asked with an empty line, it tells its wall clock and its monotonic clock; with a number, when so many ms are over. */
const PROGRAM = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const answer = () => console.log(Date.now() + ' ' + process.hrtime.bigint());
  if (line === '') answer();
  else setTimeout(answer, Number(line));
});
`;

let tools: ClockTools;
beforeAll(async () => {
  tools = await toolsHere();
});

const startNode = (): Promise<SkewedProgram> => startSkewed(shim, tools, [process.execPath, '-e', PROGRAM]);

test.each([
  ['a step of 5 ms', clockStep as Fault, { node: 'n1', byMs: 5 }],
  ['a step of an hour back', clockStep as Fault, { node: 'n1', byMs: -3_600_000 }],
  ['standing still', clockFreeze as Fault, { node: 'n1' }],
  ['running 2000 ppm fast', clockDrift as Fault, { node: 'n1', ppm: 2000 }],
  ['running at half the rate', clockDrift as Fault, { node: 'n1', rate: 0.5 }],
])('Node under the shim: %s is measured from outside, and is over at the heal', async (_, fault, options) => {
  await using node = await startNode();
  const { bite, samples } = await node.tryFault(fault, options);
  expect(bite, JSON.stringify(samples)).toMatchObject({ bit: true });
  expect(Math.abs(Number.parseInt(await node.ask(), 10) - Date.now())).toBeLessThan(50);
});

test.each([0, 0.25, 4])('at the rate %d timers and the monotonic clock of Node stay true', async (rate) => {
  await using node = await startNode();
  await node.cluster.nodes[0]?.clock.set({ offsetMs: 0, rate });
  const from = process.hrtime.bigint();
  const [, monotonicNs = '0'] = (await node.ask('300')).split(' ');
  const to = process.hrtime.bigint();
  // One kernel, one monotonic clock: the process read it within our two readings.
  expect(BigInt(monotonicNs) > from && BigInt(monotonicNs) < to).toBe(true);
  const sleptMs = Number(BigInt(monotonicNs) - from) / 1e6;
  expect(sleptMs).toBeGreaterThan(298);
  expect(sleptMs).toBeLessThan(900);
});

/**
 * Asked once, it is ready and knows the true time. Asked again, it looks at its clock for a second and tells how often it
 * looked, and how often it saw neither setting.
 */
const LOOKER = `
const began = Date.now() - performance.now();
const look = () => {
  let looks = 0;
  let odd = 0;
  for (const end = performance.now() + 1000; performance.now() < end; looks++)
    if (Math.abs(Math.abs(Date.now() - began - performance.now()) - 3_600_000) > 1000) odd++;
  console.log(looks + ' ' + odd);
};
process.stdin.once('data', () => {
  process.stdin.once('data', look);
  console.log('ready');
});
`;

test('a look at the clock while it is being set shows the old setting or the new one, and nothing else', async () => {
  await using node = await startSkewed(shim, tools, [process.execPath, '-e', LOOKER]);
  const { clock } = node.cluster.nodes[0] as ClusterNode;
  await clock.set({ offsetMs: -3_600_000, rate: 1 });
  let sets = 0;
  let answered = false;
  const answer = node.ask().finally(() => (answered = true));
  for (; !answered; sets++) {
    await clock.set({ offsetMs: sets % 2 === 0 ? 3_600_000 : -3_600_000, rate: 1 });
    if (sets % 100 === 0) await delay(0);
  }
  const [looks = 0, odd] = (await answer).split(' ').map(Number);
  expect(sets).toBeGreaterThan(1000);
  expect(looks).toBeGreaterThan(10_000);
  expect(odd).toBe(0);
});

test('a program whose setting is not there does not start: it would show the true time', async () => {
  const start = startSkewed({ ...shim, wrap: (tool) => shim.wrap(tool, '/nowhere') }, tools, [process.execPath, '-v']);
  await expect(start).rejects.toThrow('has ended');
});
