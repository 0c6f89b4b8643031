import fc from 'fast-check';
import { expect, test } from 'vitest';
import { msToNs } from '../../core/time.ts';
import { load, minterOf, startCluster } from './cluster-for-tests.ts';
import { CpuShare } from './cpu-share.ts';

test('a process with a fifth of the CPU stands still for 40 ms and runs for 10 ms, again and again', () => {
  const share = new CpuShare(20, msToNs(1000));
  const runs = (ms: number): boolean => share.runsAt(msToNs(ms));
  expect([1000, 1039, 1040, 1049, 1050, 1089, 1090].map(runs)).toEqual([false, false, true, true, false, false, true]);
  expect([1000, 1040, 1045, 1050].map((ms) => share.nextRun(msToNs(ms)))).toEqual([1040, 1090, 1090, 1090].map(msToNs));
});

test('work takes as long as its running time and the standing still in between', () => {
  const share = new CpuShare(20, 0);
  const after = (fromMs: number, workMs: number): number => share.after(msToNs(fromMs), msToNs(workMs)) / 1e6;
  expect([after(0, 1), after(41, 5), after(41, 9), after(0, 25)]).toEqual([41, 46, 90, 145]);
});

test('over many turns work takes its running time by the share', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 0, max: 200 }), (percent, fromMs) => {
      const took = new CpuShare(percent, 0).after(msToNs(fromMs), msToNs(5000)) - msToNs(fromMs);
      expect(Math.abs(took - (msToNs(5000) * 100) / percent)).toBeLessThanOrEqual(msToNs(51));
    }),
  );
});

test('a process with all of the CPU always runs', () => {
  const share = new CpuShare(100, 0);
  expect(share.isWhole).toBe(true);
  expect([0, 1, 49, 50].every((ms) => share.runsAt(msToNs(ms)))).toBe(true);
});

test('a node with less CPU than its clients ask for still answers for its health, and its timers still fire', async () => {
  let fired = 0;
  const cluster = await startCluster((env) => {
    const tick = async (): Promise<void> => {
      for (;;) {
        await env.sleep(200);
        fired++;
      }
    };
    void tick();
    return minterOf((into) => {
      into[0] = BigInt(env.wallMs());
      return 1;
    });
  });
  const [n1] = cluster.nodes;
  // Of 1000 calls a second with three readings of the clock each it can serve a fifth.
  await n1?.process.slow(5);
  const asked = load(cluster, 'n1', 1, 3000);
  let answered = 0;
  for (let look = 0; look < 5; look++) {
    await cluster.time.sleep(500);
    await n1?.health(400).then(() => answered++);
  }
  await asked;
  expect(answered).toBe(5);
  expect(fired).toBeGreaterThan(9);
  await cluster[Symbol.asyncDispose]();
});
