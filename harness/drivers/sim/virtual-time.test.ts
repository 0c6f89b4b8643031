import fc from 'fast-check';
import { expect, test } from 'vitest';
import { msToNs, nsToMs } from '../../core/time.ts';
import { VirtualTime } from './virtual-time.ts';

test('sleepers wake in the order of their moments, each at its own, whatever they do on waking', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
      async (naps) => {
        const time = new VirtualTime();
        const woken: number[] = [];
        await Promise.all(
          naps.map(async (lengths) => {
            let due = 0;
            for (const ms of lengths) {
              await time.sleep(ms);
              due += ms;
              // All that follows from an event runs before time goes on.
              await Promise.resolve();
              await Promise.resolve();
              expect(time.now()).toBe(msToNs(due));
              woken.push(due);
            }
          }),
        );
        expect(woken).toEqual([...woken].sort((one, other) => one - other));
        time.dispose();
      },
    ),
  );
});

test('events of one moment happen in the order in which they were scheduled', async () => {
  const time = new VirtualTime();
  const order: number[] = [];
  for (let i = 0; i < 50; i++) time.at(msToNs(5), () => order.push(i));
  await time.sleep(5);
  expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
  time.dispose();
});

test('what is cancelled never happens; what is past happens at once', async () => {
  const time = new VirtualTime();
  const happened: string[] = [];
  const cancel = time.at(msToNs(5), () => happened.push('cancelled'));
  await time.sleep(3);
  cancel();
  time.at(0, () => happened.push(`past at ${nsToMs(time.now())}`));
  await time.sleep(10);
  expect(happened).toEqual(['past at 3']);
  cancel();
  time.dispose();
});

test('an aborted sleep rejects with the reason of its signal', async () => {
  const time = new VirtualTime();
  const controller = new AbortController();
  const reason = new Error('enough');
  time.at(msToNs(5), () => controller.abort(reason));
  await expect(time.sleep(1000, controller.signal)).rejects.toBe(reason);
  expect(nsToMs(time.now())).toBe(5);
  await expect(time.sleep(1, controller.signal)).rejects.toBe(reason);
  time.dispose();
});

test('waiting for what nothing can bring about is an error, not a hang', async () => {
  const time = new VirtualTime();
  await expect(time.waiting(() => undefined)).rejects.toThrow('nothing left to do at 0 ms');
  time.schedule(msToNs(7), () => undefined);
  await expect(time.waiting(() => undefined)).rejects.toThrow('nothing left to do at 7 ms');
  time.dispose();
});

test('time stands still while nobody waits, and for good after the end', async () => {
  const time = new VirtualTime();
  let ticks = 0;
  const tick = (): void => {
    ticks++;
    time.schedule(time.now() + msToNs(1), tick);
  };
  tick();
  await time.sleep(10.5);
  expect(ticks).toBe(11);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(ticks).toBe(11);
  time.dispose();
  await expect(time.sleep(1)).rejects.toThrow('gone');
});

test('stands still while something real is under way, and goes on with what was due', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  const sleep = time.sleep(10).then(() => seen.push('slept'));
  time.schedule(1, () => {
    void time
      .standStill(() => new Promise((resolve) => setTimeout(resolve, 20)))
      .then(() => seen.push(`real at ${time.now()}`));
  });
  await sleep;
  expect(seen).toEqual(['real at 1', 'slept']);
});

test('what goes on after it stood still has seen all that the event set off, however soon the real thing was done', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  time.schedule(1, () => {
    time.settled();
    void time.standStill(() => Promise.reject(new Error('failed'))).catch(() => seen.push('real'));
    void (async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      seen.push('virtual');
    })();
  });
  await time.sleep(1);
  expect(seen).toEqual(['virtual', 'real']);
});
