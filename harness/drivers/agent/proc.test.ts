import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { allPids, hasEntry, livingStatOf, startedWith, statOf, threadStates } from './proc.ts';

/** One past the highest process ID that Linux gives out (PID_MAX_LIMIT, proc(5)). */
const NOBODY = 4_194_305;

describe.runIf(process.platform === 'linux')('of /proc', () => {
  test('this process is found, lives, and is the child of who started it', () => {
    expect(allPids()).toContain(process.pid);
    expect(livingStatOf(process.pid)).toEqual({
      state: expect.stringMatching(/^[RSD]$/),
      parent: process.ppid,
      startTicks: expect.stringMatching(/^\d+$/),
    });
    expect(threadStates(process.pid).length).toBeGreaterThan(1);
  });

  test('nobody has no status, no threads and no environment', () => {
    expect(statOf(NOBODY)).toBeUndefined();
    expect(livingStatOf(NOBODY)).toBeUndefined();
    expect(threadStates(NOBODY)).toEqual([]);
    expect(startedWith(NOBODY, 'PATH', '')).toBe(false);
  });

  test('a child is known by a variable of its environment, while it lives', async () => {
    const child = spawn('sleep', ['60'], { env: { ...process.env, MARK: 'r1-n2' } });
    const exited = once(child, 'exit');
    try {
      await once(child, 'spawn');
      const pid = child.pid!;
      expect(statOf(pid)?.parent).toBe(process.pid);
      await expect.poll(() => startedWith(pid, 'MARK', 'r1-n2')).toBe(true);
      expect(startedWith(pid, 'MARK', 'r1-n')).toBe(false);
      expect(startedWith(pid, 'ARK', 'r1-n2')).toBe(false);
      child.kill('SIGKILL');
      await exited;
      expect(startedWith(pid, 'MARK', 'r1-n2')).toBe(false);
      expect(livingStatOf(pid)).toBeUndefined();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('who has ended and is not reaped yet is there, and does not live', async () => {
    // A shell that becomes a sleep never reaps the child that it had; one that ended before might have been.
    const parent = spawn('sh', ['-c', 'head -c1 <&3 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    try {
      const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
      const pid = Number(line.toString());
      const program = (): string => readFileSync(`/proc/${parent.pid}/comm`, 'utf8');
      await expect.poll(program, { timeout: 5000 }).toBe('sleep\n');
      (parent.stdio[3] as Writable).end('x');
      await expect.poll(() => statOf(pid)?.state, { timeout: 5000 }).toBe('Z');
      expect(livingStatOf(pid)).toBeUndefined();
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

test('an entry of an environment counts only whole', () => {
  expect(hasEntry('A=1\0B=2\0', 'B=2')).toBe(true);
  expect(hasEntry('A=1\0B=23\0', 'B=2')).toBe(false);
  expect(hasEntry('A=1\0AB=2\0', 'B=2')).toBe(false);
});
