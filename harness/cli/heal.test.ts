import { expect, test } from 'vitest';
import type { Driver, Leftover } from '../core/driver.ts';
import { thisOwner } from '../engine/owner.ts';
import { sweepDead } from './heal.ts';

/** Of a process that ended before any other of this machine began. */
const DEAD = { ...thisOwner(), pid: 2 ** 22 + 1, startTicks: '1' };

/** What a driver has to have for it: these leftovers, of which one cannot be swept. */
function driverWith(leftovers: readonly Leftover[], stuck: string): Driver {
  return {
    name: 'docker',
    leftovers: () => Promise.resolve(leftovers),
    sweep: (runId: string) =>
      runId === stuck
        ? Promise.reject(new Error('the engine counts an endpoint'))
        : Promise.resolve([`network ${runId}`]),
  } as unknown as Driver;
}

const left = (runId: string, owner = DEAD): Leftover => ({ runId, owner, parts: [`network ${runId}`] });

test('a dead run that cannot be swept is told, and keeps no other from being swept', async () => {
  const driver = driverWith([left('aaaa'), left('bbbb'), left('cccc', thisOwner())], 'aaaa');
  expect(await sweepDead([driver])).toEqual({
    swept: [{ runId: 'bbbb', driver: 'docker', parts: ['network bbbb'] }],
    left: [
      { runId: 'aaaa', driver: 'docker', why: 'the engine counts an endpoint', parts: ['network aaaa'], failed: true },
      {
        runId: 'cccc',
        driver: 'docker',
        why: `its harness runs (process ${process.pid})`,
        parts: ['network cccc'],
      },
    ],
  });
});
