/**
 * What is particular to one fault; what holds for all of them is in harness/laws/fault.laws.test.ts.
 */
import { expect, test } from 'vitest';
import type { Cluster } from '../core/cluster.ts';
import type { Evidence } from '../core/disturbance.ts';
import type { Fault, FaultContext } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import { healthOf, nodeOf, offsetMs, statusOf } from '../core/observe.ts';
import { launchSimulated } from '../laws/simulated-cluster.ts';
import { stopRepeating } from '../core/repeat.ts';
import clockDrift from './clock-drift.ts';
import clockFreeze from './clock-freeze.ts';
import clockSlew from './clock-slew.ts';
import clockStep from './clock-step.ts';
import clockStrobe from './clock-strobe.ts';
import bandwidth from './bandwidth.ts';
import cutFromEtcd from './cut-from-etcd.ts';
import cutOneWay from './cut-one-way.ts';
import cutPair from './cut-pair.ts';
import latency from './latency.ts';
import loss from './loss.ts';
import leaderKill from './etcd-leader-kill.ts';
import quorumLoss from './etcd-quorum-loss.ts';
import kill from './kill.ts';
import pause from './pause.ts';

const context = (key = 'slot/0'): FaultContext => ({ key, plannedMs: 3000, notes: new Map() });

/** The steps of a fault, each with a context of its own unless one is given. */
function on(cluster: Cluster, fault: Fault) {
  type Step<Result> = (options: JsonObject, run?: FaultContext) => Promise<Result>;
  const inject: Step<void> = (options, run = context()) => fault.inject(cluster, options, run);
  const observe: Step<Evidence> = (options, run = context()) => fault.observe(cluster, options, run);
  const heal: Step<void> = (options, run = context()) => fault.heal(cluster, options, run);
  return { inject, observe, heal };
}

async function settled(): Promise<Cluster> {
  const cluster = await launchSimulated();
  await cluster.time.sleep(2000);
  return cluster;
}

const leaders = async (cluster: Cluster): Promise<string[]> => {
  const statuses = await Promise.all(cluster.coordinator.members.map((member) => statusOf(member)));
  return cluster.coordinator.members.filter((_, index) => statuses[index]?.leader).map(({ name }) => name);
};
const alive = async (cluster: Cluster): Promise<string[]> => {
  const lives = await Promise.all(cluster.coordinator.members.map(({ process }) => process.alive()));
  return cluster.coordinator.members.filter((_, index) => lives[index]).map(({ name }) => name);
};

test('clock-step on a node that is down cannot be measured, and is proven at its return', async () => {
  await using cluster = await settled();
  const options = { node: 'n1', byMs: -8000 };
  const { process } = nodeOf(cluster, 'n1');
  await process.kill();
  await on(cluster, clockStep).inject(options, context());
  const down = await on(cluster, clockStep).observe(options, context());
  expect(down).toEqual({ took: undefined, measured: { askedMs: -8000, observedMs: null, withinMs: null } });
  await process.start();
  await cluster.time.sleep(500);
  expect((await on(cluster, clockStep).observe(options)).took).toBe(true);
});

test.each([1, -1, 5, -3_600_000, 3_600_000])(
  'clock-step by %i ms is told from every offset a millisecond beside it, and from true time',
  async (byMs) => {
    await using cluster = await settled();
    const seen = async (asked: number): Promise<boolean | undefined> =>
      (await on(cluster, clockStep).observe({ node: 'n1', byMs: asked })).took;
    expect(await seen(byMs)).toBe(false);
    await on(cluster, clockStep).inject({ node: 'n1', byMs });
    expect([await seen(byMs), await seen(byMs + 1), await seen(byMs - 1)]).toEqual([true, false, false]);
  },
);

test('clock-step that the readings are too coarse to tell from true time is not claimed', async () => {
  await using cluster = await settled();
  await on(cluster, clockStep).inject({ node: 'n1', byMs: 1 });
  // As behind an engine in a virtual machine, whose clock is known to two milliseconds.
  const blurred = Object.assign(Object.create(cluster) as Cluster, { origin: { ...cluster.origin, errorNs: 2e6 } });
  expect((await on(blurred, clockStep).observe({ node: 'n1', byMs: 1 })).took).toBeUndefined();
});

test.each([
  { ppm: 50, forMs: 12_000 },
  { ppm: -100_000, forMs: 2000 },
  { rate: 0.5, forMs: 2000 },
  { rate: 2, forMs: 2000 },
])(
  'clock-drift of $ppm ppm or rate $rate is told from true time and from twice itself',
  async ({ forMs, ...asked }) => {
    await using cluster = await settled();
    const run = context();
    const drift = on(cluster, clockDrift);
    await drift.inject({ node: 'n1', ...asked }, run);
    await drift.observe({ node: 'n1', ...asked }, run);
    await cluster.time.sleep(forMs);
    const doubled = 'ppm' in asked ? { ppm: asked.ppm * 2 } : { rate: 1 + (asked.rate - 1) * 1.5 };
    const { took, measured } = await drift.observe({ node: 'n1', ...asked }, run);
    expect({ took, ...measured }).toMatchObject({ took: true });
    expect((await drift.observe({ node: 'n1', ...doubled }, run)).took).toBe(false);
    // Another clock runs true.
    const other = context();
    other.notes.set('first', null);
    await drift.observe({ node: 'n2', ...asked }, other);
    await cluster.time.sleep(forMs);
    expect((await drift.observe({ node: 'n2', ...asked }, other)).took).toBe(false);
  },
);

test('clock-drift that had no time to show yet is not claimed', async () => {
  await using cluster = await settled();
  const run = context();
  const options = { node: 'n1', ppm: 50 };
  await on(cluster, clockDrift).inject(options, run);
  await on(cluster, clockDrift).observe(options, run);
  await cluster.time.sleep(500);
  expect((await on(cluster, clockDrift).observe(options, run)).took).toBeUndefined();
});

test('clock-slew is refused where the clock would have to run backwards', () => {
  const shape = { nodes: ['n1'], coordinatorMembers: ['etcd1'] };
  const options = { node: 'n1', fromMs: 5000, toMs: 1000 };
  expect(clockSlew.refuses(options, shape, 3000)).toContain('runs backwards');
  expect(clockSlew.refuses(options, shape, 5000)).toBeUndefined();
});

test('clock-slew ends at the offset asked, and is no clock-step', async () => {
  await using cluster = await settled();
  const run = context();
  const options = { node: 'n1', fromMs: 500, toMs: 100 };
  await on(cluster, clockSlew).inject(options, run);
  await cluster.time.sleep(run.plannedMs - 20);
  const { took, measured } = await on(cluster, clockSlew).observe(options, run);
  expect(took).toBe(true);
  expect(measured['askedMs']).toBeGreaterThan(99);
  expect(measured['askedMs']).toBeLessThan(105);
  await on(cluster, clockStep).inject({ node: 'n1', byMs: 500 });
  expect((await on(cluster, clockSlew).observe(options, run)).took).toBe(false);
});

test('clock-strobe that stopped on either side is not in force', async () => {
  await using cluster = await settled();
  const run = context();
  const options = { node: 'n1', byMs: 5, everyMs: 50 };
  await on(cluster, clockStrobe).inject(options, run);
  expect((await on(cluster, clockStrobe).observe(options, run)).took).toBe(true);
  await stopRepeating(run);
  for (const offsetMs of [5, 0]) {
    await nodeOf(cluster, 'n1').clock.set({ offsetMs, rate: 1 });
    expect((await on(cluster, clockStrobe).observe(options, run)).took).toBe(false);
  }
});

test('clock-freeze is no clock-step: a clock that runs elsewhere is not frozen', async () => {
  await using cluster = await settled();
  await on(cluster, clockStep).inject({ node: 'n1', byMs: -3000 });
  const seen = await on(cluster, clockFreeze).observe({ node: 'n1' });
  expect(seen.took).toBe(false);
});

test('cut-from-etcd: a member that is still reached breaks it, and other nodes are left alone', async () => {
  await using cluster = await settled();
  const { network } = nodeOf(cluster, 'n1');
  await network.cut('by hand', ['etcd1', 'etcd3']);
  const part = await on(cluster, cutFromEtcd).observe({ node: 'n1' });
  expect(part).toEqual({
    took: false,
    used: true,
    measured: { reached: ['link from n1 to etcd2'], inUse: expect.any(Array) as unknown },
  });
  await on(cluster, cutFromEtcd).inject({ node: 'n1' });
  expect((await on(cluster, cutFromEtcd).observe({ node: 'n1' })).took).toBe(true);
  expect((await on(cluster, cutFromEtcd).observe({ node: 'n2' })).took).toBe(false);
  // Its heal takes away its own cut only.
  await on(cluster, cutFromEtcd).heal({ node: 'n1' });
  expect((await on(cluster, cutFromEtcd).observe({ node: 'n1' })).measured['reached']).toEqual([
    'link from n1 to etcd2',
  ]);
});

test('cut-from-etcd: that no member lives is no cut', async () => {
  await using cluster = await settled();
  const { members } = cluster.coordinator;
  await Promise.all(members.map(({ process }) => process.kill()));
  const seen = await on(cluster, cutFromEtcd).observe({ node: 'n1' });
  expect(seen.took).toBe(false);
  expect(seen.measured['reached']).toHaveLength(3);
});

test('etcd-leader-kill kills the leader and nobody else, however often it is injected', async () => {
  await using cluster = await settled();
  const [leader] = await leaders(cluster);
  const run = context();
  await on(cluster, leaderKill).inject({}, run);
  await cluster.time.sleep(2500);
  await on(cluster, leaderKill).inject({}, run);
  expect(await alive(cluster)).toEqual(['etcd1', 'etcd2', 'etcd3'].filter((name) => name !== leader));
  const [next] = await leaders(cluster);
  expect(next).not.toBe(leader);
  await on(cluster, leaderKill).heal({}, run);
  expect(await alive(cluster)).toHaveLength(3);
});

test('etcd-leader-kill says so when there is no leader to kill', async () => {
  await using cluster = await settled();
  const lost = context('slot/1');
  await on(cluster, quorumLoss).inject({}, lost);
  // A leader without a majority steps down after a while.
  await cluster.time.sleep(3000);
  await expect(on(cluster, leaderKill).inject({})).rejects.toThrow('0 members');
});

test('etcd-quorum-loss leaves a minority that lives and serves nobody', async () => {
  await using cluster = await settled();
  const run = context();
  await on(cluster, quorumLoss).inject({}, run);
  expect(await alive(cluster)).toEqual(['etcd3']);
  expect(await on(cluster, quorumLoss).observe({}, run)).toEqual({
    took: true,
    measured: { chosen: ['etcd1', 'etcd2'], alive: ['etcd3'], serving: [] },
  });
  await on(cluster, quorumLoss).heal({}, run);
  await cluster.time.sleep(3000);
  expect((await on(cluster, quorumLoss).observe({}, run)).measured['serving']).toHaveLength(3);
});

test('the offset of a clock is measured from true time', async () => {
  await using cluster = await settled();
  await nodeOf(cluster, 'n2').clock.set({ offsetMs: 10_000, rate: 1 });
  const health = await healthOf(nodeOf(cluster, 'n2'));
  expect(Math.abs(offsetMs(cluster.origin, health!) - 10_000)).toBeLessThan(5);
});

test('one member that is away is no lost quorum', async () => {
  await using cluster = await settled();
  await on(cluster, leaderKill).inject({});
  await cluster.time.sleep(2500);
  const seen = await on(cluster, quorumLoss).observe({});
  expect(seen.took).toBe(false);
  expect(seen.measured['serving']).toHaveLength(2);
});

test.each([kill, pause])(
  '$name says so when the process was gone already: it is not what took it down',
  async (fault) => {
    await using cluster = await settled();
    await nodeOf(cluster, 'n1').process.kill();
    await expect(on(cluster, fault).inject({ node: 'n1' })).rejects.toThrow('n1 was not running');
    // Injected twice it kills, or stops, once.
    const run = context();
    await on(cluster, fault).inject({ node: 'n2' }, run);
    await on(cluster, fault).inject({ node: 'n2' }, run);
  },
);

test('a pause is not taken for a kill, nor a kill for a pause', async () => {
  await using cluster = await settled();
  await on(cluster, pause).inject({ node: 'n1' });
  await on(cluster, kill).inject({ node: 'n2' });
  await cluster.time.sleep(500);
  expect((await on(cluster, kill).observe({ node: 'n1' })).took).toBe(false);
  expect((await on(cluster, pause).observe({ node: 'n2' })).took).toBe(false);
});

test('cut-pair between two nodes takes effect on the link, and says that nobody uses it', async () => {
  await using cluster = await settled();
  const options = { one: 'n1', other: 'n2' };
  await on(cluster, cutPair).inject(options);
  expect(await on(cluster, cutPair).observe(options)).toEqual({
    took: true,
    used: false,
    measured: { reached: [], inUse: [] },
  });
});

test('cut-one-way is told from a cut both ways, which proves neither direction', async () => {
  await using cluster = await settled();
  const options = { from: ['n1'], to: ['etcd1'] };
  await nodeOf(cluster, 'n1').network.cut('by hand', ['etcd1']);
  expect((await on(cluster, cutOneWay).observe(options)).took).toBeUndefined();
  await nodeOf(cluster, 'n1').network.mend('by hand');
  await on(cluster, cutOneWay).inject(options);
  const { took, measured } = await on(cluster, cutOneWay).observe(options);
  expect({ took, measured }).toEqual({
    took: true,
    measured: {
      'n1 to etcd1 arrived': 0,
      'n1 to etcd1 backArrived': 5,
    },
  });
});

test('loss of another share than asked is not taken for it', async () => {
  await using cluster = await settled();
  const options = { one: 'n1', peers: ['etcd1'], percent: 30 };
  await nodeOf(cluster, 'n1').network.trouble('by hand', ['etcd1'], { what: 'loss', percent: 80 });
  expect((await on(cluster, loss).observe(options)).took).toBe(false);
});

test('latency: a link that is slower than asked, jitter and the error of the measurement included, is not taken for it', async () => {
  await using cluster = await settled();
  const link = { one: 'n1', peers: ['etcd1'] };
  const run = context();
  await on(cluster, latency).inject({ ...link, delayMs: 180, jitterMs: 20 }, run);
  const seen = await on(cluster, latency).observe({ ...link, delayMs: 60, jitterMs: 20 }, run);
  expect(seen.took).toBe(false);
  expect(seen.measured['n1 to etcd1 tooMuchMs']).toBeGreaterThan(0);
  expect((await on(cluster, latency).observe({ ...link, delayMs: 150, jitterMs: 20 }, run)).took).toBe(true);
});

test('latency: an answer is late by both ways', () => {
  expect(latency.delaysMs!({ one: 'n1', peers: ['etcd1'], delayMs: 220, jitterMs: 140 })).toBe(720);
});

test('latency and bandwidth: a link that is less slow than asked is not taken for it', async () => {
  await using cluster = await settled();
  const link = { one: 'n1', peers: ['etcd1'] };
  const run = context();
  await on(cluster, latency).inject({ ...link, delayMs: 50, jitterMs: 10 }, run);
  expect((await on(cluster, latency).observe({ ...link, delayMs: 50, jitterMs: 10 }, run)).took).toBe(true);
  expect((await on(cluster, latency).observe({ ...link, delayMs: 150, jitterMs: 10 }, run)).took).toBe(false);
  await on(cluster, latency).heal({ ...link, delayMs: 50, jitterMs: 10 }, run);
  await on(cluster, bandwidth).inject({ ...link, kbitPerSecond: 2000 }, run);
  expect((await on(cluster, bandwidth).observe({ ...link, kbitPerSecond: 2000 }, run)).took).toBe(true);
  expect((await on(cluster, bandwidth).observe({ ...link, kbitPerSecond: 300 }, run)).took).toBe(false);
});
