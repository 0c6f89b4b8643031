import { expect, test } from 'vitest';
import { RealTime, runNs, startTime } from './real-time.ts';

const read = (shiftNs = 0n): { monotonicNs: bigint; realtimeNs: bigint } => ({
  monotonicNs: process.hrtime.bigint() + shiftNs,
  realtimeNs: BigInt(Date.now()) * 1_000_000n,
});

test('on one kernel the clock of the cluster is the clock of the harness', async () => {
  const { time, origin } = await startTime(() => Promise.resolve(read()));
  expect(origin.errorNs).toBe(0);
  expect(Math.abs(origin.unixMs - Date.now())).toBeLessThan(50);
  const before = time.now();
  const stamp = runNs(origin, process.hrtime.bigint().toString());
  expect(stamp).toBeGreaterThanOrEqual(before);
  expect(stamp).toBeLessThanOrEqual(time.now());
});

test('a cluster on another kernel is mapped, with an error that covers the truth', async () => {
  const HOUR = 3_600_000_000_000n;
  const { time, origin } = await startTime(async () => {
    const clocks = read(HOUR);
    await new Promise((resolve) => setTimeout(resolve, 5)); // the way back takes longer than the way there
    return clocks;
  });
  expect(origin.errorNs).toBeGreaterThan(0);
  const stamp = runNs(origin, (process.hrtime.bigint() + HOUR).toString());
  expect(Math.abs(stamp - time.now())).toBeLessThanOrEqual(origin.errorNs + 100_000);
});

test('never calls back early, at once when late, and not at all when cancelled', async () => {
  const time = new RealTime(process.hrtime.bigint());
  const due = [0.3, 1, 2.5, 7].map((ms) => ms * 1e6);
  const called = await Promise.all(
    due.map((at) => new Promise<number>((resolve) => time.at(at, () => resolve(time.now() - at)))),
  );
  for (const late of called) expect(late).toBeGreaterThanOrEqual(0);

  let calls = 0;
  time.at(0, () => calls++);
  time.at(0, () => calls++)();
  time.at(time.now() + 1e6, () => calls++)();
  await time.sleep(20);
  expect(calls).toBe(1);
});

test('sleep ends early when aborted, with the reason', async () => {
  const time = new RealTime(process.hrtime.bigint());
  const abort = new AbortController();
  const sleeping = time.sleep(60_000, abort.signal);
  abort.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  await expect(time.sleep(1, abort.signal)).rejects.toThrow('enough');
});
