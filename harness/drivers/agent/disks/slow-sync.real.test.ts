/** The launcher that slows disks, on processes of this machine. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildClockTools } from '../clocks/clock-tools.ts';
import { delayFileIn, onDisk, slowDisks, trySlowSync } from './slow-sync.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-slow-'));
const delayFile = delayFileIn(folder);
/** On tmpfs a sync takes no time: all that is measured is how long it was held. */
const data = `/dev/shm/${basename(folder)}`;
let launcher: string;
beforeAll(async () => {
  const { slowSync } = await buildClockTools('cc');
  assert(slowSync !== undefined);
  launcher = slowSync;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(data, { force: true });
});

/** For each line it makes that call on a file, says `begun`, and then how many milliseconds it took and how it ended. */
const SYNCER = `
const { createInterface } = require('node:readline');
const fs = require('node:fs');
const file = fs.openSync(process.argv[1], 'w');
createInterface({ input: process.stdin }).on('line', (call) => {
  process.stdout.write('begun\\n');
  const from = performance.now();
  fs[call](file, (error) => process.stdout.write((performance.now() - from) + ' ' + (error?.code ?? 'ok') + '\\n'));
});
`;

interface Syncer extends Disposable {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Resolves when the call has begun. */
  call(name: 'fsync' | 'fdatasync'): Promise<void>;
  /** Milliseconds of the call that ends next, and how it ended. */
  ended(): Promise<{ readonly ms: number; readonly how: string }>;
}

function startSyncer(): Syncer {
  const slow = { launcher, delayFile };
  const [program, ...args] = onDisk(slow, [process.execPath, '-e', SYNCER, data]) as [string];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => (await lines.next()).value as string;
  return {
    child,
    async call(name) {
      child.stdin.write(`${name}\n`);
      expect(await line()).toBe('begun');
    },
    async ended() {
      const [ms, how = ''] = (await line()).split(' ');
      return { ms: Number(ms), how };
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

/** The watcher and the program before it becomes itself: those whose command line names the file. */
function launchersLeft(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return command[0] === launcher && command.includes(delayFile);
    } catch {
      return false; // no process, or ended meanwhile
    }
  });
}

async function untilNoLauncher(): Promise<void> {
  const giveUp = performance.now() + 2000;
  while (launchersLeft().length > 0 && performance.now() < giveUp) await delay(10);
  expect(launchersLeft()).toEqual([]);
}

test('its own trial passes here, and does not where the launcher slows nothing or cannot be run', async () => {
  expect(await trySlowSync(launcher)).toBeUndefined();
  const idle = join(folder, 'idle');
  writeFileSync(idle, '#!/bin/sh\nshift; exec "$@"\n');
  chmodSync(idle, 0o755);
  expect(await trySlowSync(idle)).toContain('a sync was to be held for 100 ms and took');
  expect(await trySlowSync(join(folder, 'none'))).toContain('ENOENT');
});

test.each(['fsync', 'fdatasync'] as const)('%s is held for as long as the file says, and no longer', async (name) => {
  using syncer = startSyncer();
  slowDisks(delayFile, 250);
  await syncer.call(name);
  const { ms, how } = await syncer.ended();
  expect(how).toBe('ok');
  expect(ms).toBeGreaterThanOrEqual(250);
  expect(ms).toBeLessThan(1000);
  slowDisks(delayFile, 0);
  await syncer.call(name);
  expect((await syncer.ended()).ms).toBeLessThan(250);
});

test('several are held at once, and the heal lets all of them go', async () => {
  using syncer = startSyncer();
  slowDisks(delayFile, 60_000);
  await syncer.call('fdatasync');
  await syncer.call('fsync');
  await delay(200);
  slowDisks(delayFile, 0);
  for (const { ms, how } of [await syncer.ended(), await syncer.ended()]) {
    expect(how).toBe('ok');
    expect(ms).toBeGreaterThanOrEqual(150);
    expect(ms).toBeLessThan(5000);
  }
});

test('without a file nothing is held', async () => {
  rmSync(delayFile, { force: true });
  using syncer = startSyncer();
  await syncer.call('fsync');
  expect((await syncer.ended()).ms).toBeLessThan(250);
});

test('a program that is killed while its sync is held is gone at once, and its watcher with it', async () => {
  using syncer = startSyncer();
  slowDisks(delayFile, 60_000);
  await syncer.call('fdatasync');
  await delay(50);
  expect(launchersLeft()).toHaveLength(1);
  const gone = once(syncer.child, 'exit');
  syncer.child.kill('SIGKILL');
  await gone;
  await untilNoLauncher();
});

test('without its watcher the syncs of a program fail: it never goes on as if its disk were quick', async () => {
  using syncer = startSyncer();
  slowDisks(delayFile, 60_000);
  await syncer.call('fdatasync');
  await delay(50);
  process.kill(Number(launchersLeft()[0]), 'SIGKILL');
  expect((await syncer.ended()).how).toBe('ENOSYS');
  await syncer.call('fdatasync');
  expect((await syncer.ended()).how).toBe('ENOSYS');
});
