import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ability } from '../../../core/cluster.ts';
import type { ClockBackend } from './clock-backend.ts';
import { libfaketime } from './libfaketime.ts';
import { proveClock, readerProgram } from './prove-clock.ts';
import { shim } from './shim.ts';
import { toolsHere } from './skewed-program-for-tests.ts';

async function proved(backend: ClockBackend, needs: readonly Ability[]): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-proof-'));
  const clock = backend.control(join(folder, 'clock'), () => Date.now());
  const { prefix, environment } = backend.wrap((await toolsHere()).get(backend.name) as string, join(folder, 'clock'));
  const reading = join(folder, 'reading');
  const child = spawn(prefix[0], [...prefix.slice(1), process.execPath, '-e', readerProgram()], {
    env: { ...process.env, ...environment, SNOWGLOBE_READING: reading },
    stdio: 'ignore',
  });
  try {
    return await proveClock(clock, reading, new Set(needs));
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true });
  }
}

test('a clock that steps, stands still and drifts is proved', async () => {
  expect(await proved(shim, ['clock.step', 'clock.freeze', 'clock.drift'])).toBeUndefined();
  expect(await proved(libfaketime, ['clock.step', 'clock.freeze'])).toBeUndefined();
});

test('a program that does not follow its setting is told of', async () => {
  const untouched: ClockBackend = { ...shim, wrap: () => ({ prefix: ['env'], environment: {} }) };
  expect(await proved(untouched, ['clock.step'])).toBe('did not go back by an hour');
});
