import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MintReply } from '../core/cluster.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import { createRng } from '../core/random.ts';
import type { Load } from '../core/scenario.ts';
import type { Cancel, RunNs, Time } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';
import type { LoadHandle, LoadSecond } from './contract.ts';
import { startOpenLoop } from './open-loop.ts';

/** A time that moves only when a test says so. */
class VirtualTime implements Time {
  #now: RunNs = 0;
  readonly #due: { at: RunNs; readonly callback: () => void }[] = [];

  now(): RunNs {
    return this.#now;
  }

  at(at: RunNs, callback: () => void): Cancel {
    const entry = { at: Math.max(at, this.#now), callback };
    this.#due.push(entry);
    return () => {
      const index = this.#due.indexOf(entry);
      if (index >= 0) this.#due.splice(index, 1);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + msToNs(ms), resolve));
  }

  advance(ms: number): void {
    const to = this.#now + msToNs(ms);
    for (;;) {
      let first = -1;
      for (let i = 0; i < this.#due.length; i++)
        if (this.#due[i]!.at <= to && (first < 0 || this.#due[i]!.at < this.#due[first]!.at)) first = i;
      if (first < 0) break;
      const [entry] = this.#due.splice(first, 1);
      this.#now = Math.max(this.#now, entry!.at);
      entry!.callback();
    }
    this.#now = to;
  }

  /** The harness stands still: time passes, and nothing that falls due is called before its end. */
  stall(ms: number): void {
    this.#now += msToNs(ms);
    for (const entry of this.#due) entry.at = Math.max(entry.at, this.#now);
  }
}

const LOAD: Load = {
  idsPerSecond: 20_000,
  batch: { min: 1, max: 500, mean: 50 },
  simulated: { batchesPerSecond: 300, batch: { min: 1, max: 3, mean: 2 } },
  timeoutMs: 1000,
};

const OK = (count: number): MintReply => ({ status: 'ok', incarnation: 2, lane: 1, firstSeq: 7, count });

interface Rig {
  readonly time: VirtualTime;
  readonly handle: LoadHandle;
  readonly seconds: LoadSecond[];
  /** What each call of `mint` asked, in order, and how to answer it. */
  readonly calls: { readonly at: RunNs; readonly count: number; readonly done: (reply: MintReply) => void }[];
}

/** One node that answers by `answer`; without it, never. */
function rig({
  load = LOAD,
  simulated = false,
  seed = 'seed',
  openMax,
  answer,
}: {
  load?: Load;
  simulated?: boolean;
  seed?: string | number;
  openMax?: number;
  answer?: (count: number, done: (reply: MintReply) => void, time: VirtualTime) => void;
}): Rig {
  const time = new VirtualTime();
  const seconds: LoadSecond[] = [];
  const calls: Rig['calls'] = [];
  const mint = (count: number, _timeoutMs: number, done: (reply: MintReply) => void): void => {
    calls.push({ at: time.now(), count, done });
    answer?.(count, done, time);
  };
  const handle = startOpenLoop({
    time,
    nodes: [{ name: 'n1', mint, ...(openMax !== undefined && { openMax }) }],
    load,
    simulated,
    rng: createRng(seed),
    onSecond: (nodes) => seconds.push(...nodes),
  });
  return { time, handle, seconds, calls };
}

const atOnce = (count: number, done: (reply: MintReply) => void): void => done(OK(count));
const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

describe('what is offered', () => {
  test('requests = rate × time and IDs = IDs a second × time, within what chance allows, in any seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), fc.boolean(), (seed, lasting, simulated) => {
        const { time, handle } = rig({ seed, simulated, answer: atOnce });
        time.advance(lasting * 1000);
        const [offered] = handle.offered();
        const expected = (simulated ? 300 : 400) * lasting;
        // The count of a Poisson process has the deviation √expected.
        expect(Math.abs(offered!.sent - expected)).toBeLessThan(6 * Math.sqrt(expected));
        expect(offered).toMatchObject({ asked: offered!.sent, late: 0, crowded: 0 });
        const mean = simulated ? 2 : 50;
        expect(Math.abs(offered!.idsAsked / offered!.sent - mean)).toBeLessThan((6 * mean) / Math.sqrt(expected));
      }),
      { numRuns: 50 },
    );
  });

  test('the schedule does not depend on the answers', () => {
    const quick = rig({ answer: atOnce });
    const slow = rig({ answer: (count, done, time) => time.at(time.now() + msToNs(700), () => done(OK(count))) });
    const silent = rig({});
    for (const { time } of [quick, slow, silent]) time.advance(2000);
    const asked = ({ calls }: Rig): unknown => calls.map(({ at, count }) => [at, count]);
    expect(asked(slow)).toEqual(asked(quick));
    expect(asked(silent)).toEqual(asked(quick));
  });

  test('gaps are uneven: arrivals do not fall into step with a tick', () => {
    const { time, calls } = rig({ answer: atOnce });
    time.advance(5000);
    const phases = new Set(calls.map(({ at }) => Math.floor((at % msToNs(1)) / msToNs(0.1))));
    expect(phases.size).toBe(10);
  });
});

describe('what is recorded', () => {
  test('each request has a row with its moment in the schedule and its answer', () => {
    const { time, handle, calls } = rig({
      answer: (count, done, t) => t.at(t.now() + msToNs(3), () => done(OK(count))),
    });
    time.advance(1000);
    const rows = handle.requests();
    expect(rows.length).toBe(calls.length);
    for (let i = 0; i < rows.length - 5; i++) {
      expect(rows.sent[i]).toBe(calls[i]!.at);
      expect(rows.received[i]! - rows.sent[i]!).toBe(msToNs(3));
      expect([rows.incarnation[i], rows.lane[i], rows.firstSeq[i], rows.count[i]]).toEqual([2, 1, 7, calls[i]!.count]);
    }
  });

  test('columns grow without losing a row', () => {
    const { time, handle, calls } = rig({ answer: atOnce });
    time.advance(30_000);
    const rows = handle.requests();
    expect(rows.length).toBeGreaterThan(8192);
    expect([...rows.sent]).toEqual(calls.map(({ at }) => at));
    expect([...rows.count]).toEqual(calls.map(({ count }) => count));
  });

  test('seconds add up to the whole, by kind of answer', async () => {
    const replies: MintReply[] = [
      OK(10),
      { status: 'refused', reason: 'waiting' },
      { status: 'refused', reason: 'behind' },
      { status: 'error', reason: 'disk' },
      { status: 'no answer' },
      OK(0),
    ];
    let next = 0;
    const { time, handle, seconds } = rig({ answer: (_count, done) => done(replies[next++ % replies.length]!) });
    time.advance(3500);
    await handle.stop();
    expect(seconds.map(({ at }) => at)).toEqual([NS_PER_S, 2 * NS_PER_S, 3 * NS_PER_S, 3.5 * NS_PER_S]);
    const { sent } = handle.offered()[0]!;
    expect(sum(seconds, (second) => second.sent)).toBe(sent);
    const ok = sum(seconds, (second) => second.ok);
    expect(sum(seconds, (second) => second.ids)).toBe(10 * ok);
    const refused = (reason: string): number => sum(seconds, (second) => second.refused[reason] ?? 0);
    const others = sum(seconds, (second) => (second.errors['disk'] ?? 0) + second.noAnswer);
    expect(ok + refused('waiting') + refused('behind') + refused('no IDs') + others).toBe(sent);
    expect(Math.abs(ok - refused('waiting'))).toBeLessThanOrEqual(1);
  });

  test('refusals are offered load like any other', () => {
    const { time, handle } = rig({ answer: (_count, done) => done({ status: 'refused', reason: 'waiting' }) });
    time.advance(2000);
    expect(handle.offered()[0]).toMatchObject({ late: 0, crowded: 0 });
  });
});

test('what clients saw of all nodes in a second is told at one moment, on a clock that never stands still too', () => {
  class Creeping extends VirtualTime {
    #reads = 0;
    override now(): RunNs {
      return super.now() + this.#reads++;
    }
  }
  const time = new Creeping();
  const moments: RunNs[][] = [];
  startOpenLoop({
    time,
    nodes: ['n1', 'n2', 'n3'].map((name) => ({ name, mint: (count, _timeoutMs, done) => atOnce(count, done) })),
    load: LOAD,
    simulated: true,
    rng: createRng('moment'),
    onSecond: (nodes) => void moments.push(nodes.map(({ at }) => at)),
  });
  time.advance(3000);
  expect(moments.map((at) => new Set(at).size)).toEqual([1, 1, 1]);
});

test('a ramp is followed, in the simulator too', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, simulated) => {
      const ramp = [
        { atMs: 4000, idsPerSecond: 60_000 },
        { atMs: 6000, idsPerSecond: 20_000 },
      ];
      const { time, handle, calls } = rig({ seed, simulated, load: { ...LOAD, ramp }, answer: atOnce });
      time.advance(10_000);
      const perSecond = simulated ? 300 : 400;
      // The area under 1 … 3 … 1 … 1, in seconds of the rate at the start.
      const due = [8, 4, 4].map((area) => area * perSecond);
      const edges = [0, 4000, 6000, 10_000].map(msToNs);
      const { sent } = handle.requests();
      const came = due.map((_, i) => sent.filter((at) => at >= edges[i]! && at < edges[i + 1]!).length);
      came.forEach((count, i) => expect(Math.abs(count - due[i]!)).toBeLessThan(6 * Math.sqrt(due[i]!)));
      expect(calls.length).toBe(handle.offered()[0]!.sent);
    }),
    { numRuns: 30 },
  );
});

describe('when something is late', () => {
  test('a stall of the harness drops what is more than 100 ms late and sends the rest, as late as it is', () => {
    const { time, handle, calls, seconds } = rig({ answer: atOnce });
    time.advance(1000);
    const before = calls.length;
    time.stall(2000);
    time.advance(0);
    const burst = calls.length - before;
    const { late, asked, sent } = handle.offered()[0]!;
    // 400 a second: 1.9 s of them are dropped, 0.1 s are sent.
    expect(late).toBeGreaterThan(600);
    expect(late).toBeLessThan(920);
    expect(burst).toBeLessThan(80);
    expect(asked).toBe(sent + late);
    const { sent: scheduled } = handle.requests();
    expect(time.now() - scheduled[before]!).toBeLessThanOrEqual(msToNs(100));
    expect(time.now() - scheduled[before]!).toBeGreaterThan(0);
    time.advance(1000);
    expect(sum(seconds, ({ dropped }) => dropped)).toBe(late);
  });

  test('an arrival above the bound of open requests is dropped, and counted', () => {
    const { time, handle, calls } = rig({ openMax: 5 });
    time.advance(1000);
    expect(calls.length).toBe(5);
    const { sent, crowded, late } = handle.offered()[0]!;
    expect([sent, late]).toEqual([5, 0]);
    expect(crowded).toBeGreaterThan(300);
    calls[0]!.done(OK(1));
    time.advance(100);
    expect(calls.length).toBe(6);
  });

  test('a node that answers only at the timeout never meets the default bound', () => {
    const { time, handle } = rig({
      answer: (_count, done, t) => t.at(t.now() + msToNs(1000), () => done({ status: 'no answer' })),
    });
    time.advance(10_000);
    expect(handle.offered()[0]!.crowded).toBe(0);
  });
});

describe('stop', () => {
  const settled = async (promise: Promise<void>): Promise<boolean> =>
    Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);

  test('nothing arrives any more, and open requests are waited for', async () => {
    const { time, handle, calls } = rig({});
    time.advance(100);
    const stopping = handle.stop();
    const { length } = calls;
    time.advance(500);
    expect(calls.length).toBe(length);
    for (const { done } of calls.slice(1)) done(OK(1));
    expect(await settled(stopping)).toBe(false);
    calls[0]!.done(OK(1));
    expect(await settled(stopping)).toBe(true);
    const rows = handle.requests();
    expect(new Set(rows.status)).toEqual(new Set([REQUEST_STATUS.indexOf('ok')]));
  });

  test('an answer that never comes is recorded as none; one that comes afterwards changes nothing', async () => {
    const { time, handle, calls, seconds } = rig({});
    time.advance(100);
    const stopping = handle.stop();
    time.advance(1249);
    expect(await settled(stopping)).toBe(false);
    time.advance(1);
    await stopping;
    calls[0]!.done(OK(1));
    const rows = handle.requests();
    expect(rows.length).toBe(calls.length);
    expect(new Set(rows.status)).toEqual(new Set([REQUEST_STATUS.indexOf('no answer')]));
    expect(rows.received[0]).toBe(time.now());
    expect(sum(seconds, ({ noAnswer }) => noAnswer)).toBe(calls.length);
  });

  test('leaves nothing behind in time, and may be called twice', async () => {
    const { time, handle, seconds, calls } = rig({ answer: atOnce });
    time.advance(1500);
    await handle.stop();
    await handle.stop();
    const counts = [seconds.length, calls.length];
    time.advance(10_000);
    expect([seconds.length, calls.length]).toEqual(counts);
  });
});
