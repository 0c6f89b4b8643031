import { expect, test } from 'vitest';
import { createRng } from '../../core/random.ts';
import type { Range, Ranges } from '../../core/ranges.ts';
import { msToNs, nsToMs } from '../../core/time.ts';
import { PostgresSim } from '../../coordinators/postgres-sim.ts';
import { rangesLaws } from '../../coordinators/ranges.laws.ts';
import { Network } from './network.ts';
import { RangesClient } from './ranges-client.ts';
import { Requester } from './requester.ts';
import { VirtualTime } from './virtual-time.ts';

const MEMBER = 'pg1';

function worldOf(seed: number) {
  const rng = createRng(seed);
  const time = new VirtualTime();
  const network = new Network(time, rng.fork('network'), () => undefined);
  const postgres = new PostgresSim(MEMBER, { time, rng: rng.fork('postgres') });
  const client = (): Ranges => {
    const host = {
      name: 'n1',
      incarnation: 1,
      now: () => time.now(),
      after: (ms: number, act: () => void) =>
        time.schedule(time.now() + msToNs(ms), () => {
          time.settled();
          act();
        }),
      deliver: (act: () => void) => {
        time.settled();
        act();
      },
      hadSent: () => true,
    };
    const plain = new RangesClient(new Requester(host, postgres, network, 0));
    // The loop runs for those who wait for it: here that is the test.
    const awaited = <T>(call: Promise<T>): Promise<T> =>
      time.waiting((resolve, reject) => void call.then(resolve, reject));
    return {
      next: (...args) => awaited(plain.next(...args)),
      highest: (...args) => awaited(plain.highest(...args)),
      setHighest: (...args) => awaited(plain.setHighest(...args)),
    };
  };
  return { time, postgres, client };
}

rangesLaws('the virtual PostgreSQL', async () => {
  const { time, postgres, client } = worldOf(5);
  return {
    client,
    nowMs: () => nsToMs(time.now()),
    sleep: (ms) => time.sleep(ms),
    // Nanoseconds as floating-point milliseconds.
    slackMs: 0.001,
    silence: async () => postgres.setState(MEMBER, 'paused'),
    kill: async () => postgres.setState(MEMBER, 'dead'),
    restore: async () => {
      postgres.setState(MEMBER, 'running');
      while (!postgres.status().serving) await time.sleep(50);
    },
    async [Symbol.asyncDispose]() {
      time.dispose();
    },
  };
});

test('a range may be committed and its answer lost with the server', async () => {
  let lost = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const { time, postgres, client } = worldOf(seed);
    const asked: Promise<Range | string> = client()
      .next('x', 10, 300)
      .catch((error: Error) => error.name);
    await time.sleep(2);
    postgres.setState(MEMBER, 'dead');
    postgres.setState(MEMBER, 'running');
    const answer = await asked;
    await time.sleep(2000);
    const highest = await client().highest('x', 5000);
    if (typeof answer === 'object') expect(highest).toBe(10n);
    else if (highest === 10n) lost++;
    time.dispose();
  }
  expect(lost).toBeGreaterThan(10);
});

test('while it recovers it refuses', async () => {
  const { time, postgres, client } = worldOf(1);
  postgres.setState(MEMBER, 'dead');
  postgres.setState(MEMBER, 'running');
  await expect(client().next('x', 10, 300)).rejects.toThrow('starting up');
  time.dispose();
});

test('each write is slowed, and no read', async () => {
  const { time, postgres, client } = worldOf(1);
  postgres.slowDisks(500);
  const began = time.now();
  await client().highest('x', 1000);
  expect(nsToMs(time.now() - began)).toBeLessThan(100);
  await client().next('x', 10, 1000);
  expect(nsToMs(time.now() - began)).toBeGreaterThan(500);
  time.dispose();
});
