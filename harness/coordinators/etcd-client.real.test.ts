import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OwnerEvent } from '../core/cluster.ts';
import type { Compare } from '../core/generator.ts';
import { coordinationLaws } from './coordination.laws.ts';
import { CoordinationRefused, CoordinationTimeout } from './coordination-errors.ts';
import { EtcdClient } from './etcd-client.ts';
import type { WatchEvent } from './etcd-client.ts';
import { watchOwnerKeys } from './owner-watch.ts';
import { startEtcd, untilServing } from './etcd-for-tests.ts';
import type { EtcdForTests } from './etcd-for-tests.ts';

const DEADLINE = 3000;

coordinationLaws('etcd', async () => {
  const etcd = await startEtcd(1);
  const coordination = etcd.client();
  const owners: OwnerEvent[] = [];
  const stop = new AbortController();
  const listener = { now: () => 0, onEvent: (event: OwnerEvent) => void owners.push(event) };
  const watching = watchOwnerKeys(etcd.client(), listener, stop.signal);
  return {
    coordination,
    owners,
    nowMs: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    slackMs: 500,
    silence: () => etcd.pause(0),
    async restore() {
      etcd.resume(0);
      await untilServing(coordination, etcd.endpoints[0] as string);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
      await etcd[Symbol.asyncDispose]();
    },
  };
});

describe('one member', () => {
  let etcd: EtcdForTests;
  let client: EtcdClient;
  beforeAll(async () => {
    etcd = await startEtcd(1);
    client = etcd.client();
  });
  afterAll(() => etcd[Symbol.asyncDispose]());

  test('lease IDs and revisions keep all their 64 bits', async () => {
    const { id, ttlMs } = await client.grant(5000, DEADLINE);
    expect(BigInt(id)).toBeGreaterThan(2n ** 53n);
    expect(ttlMs).toBe(5000);
    const { revision } = await client.txn([], [{ put: 'bits/1', value: 'ä', lease: id }], [], DEADLINE);
    expect(await client.range('bits/', DEADLINE)).toEqual([
      { key: 'bits/1', value: 'ä', lease: id, createRevision: revision, modRevision: revision },
    ]);
  });

  test('a TTL that is no whole second is rounded up, never down', async () => {
    expect((await client.grant(4200, DEADLINE)).ttlMs).toBe(5000);
  });

  test('owner events tell acquisition and release with lease and create revision', async () => {
    const events: OwnerEvent[] = [];
    const stop = new AbortController();
    let tick = 0;
    const listener = { now: () => ++tick, onEvent: (event: OwnerEvent) => events.push(event) };
    const watching = watchOwnerKeys(client, listener, stop.signal);
    const { id } = await client.grant(5000, DEADLINE);
    const { revision } = await client.txn([], [{ put: 'o/7', value: `n1.1.${id}`, lease: id }], [], DEADLINE);
    await client.txn([], [{ put: 'o/other', value: 'x' }], [], DEADLINE);
    await client.revoke(id, DEADLINE);
    await expect.poll(() => events.length, { timeout: DEADLINE }).toBe(2);
    stop.abort();
    await watching;
    const known = { workerId: 7, lease: id, createRevision: revision };
    expect(events[0]).toEqual({ ...known, at: expect.any(Number), what: 'acquired', value: `n1.1.${id}`, revision });
    expect(events[1]).toMatchObject({ ...known, what: 'released' });
    expect(BigInt(events[1]?.revision as string)).toBeGreaterThan(BigInt(revision));
  });

  test('a request that a silent member may have taken is ambiguous, and is not repeated', async () => {
    await client.range('silent/', DEADLINE); // a connection stands
    await etcd.pause(0);
    const began = performance.now();
    const put = client.txn([], [{ put: 'silent/1', value: 'x' }], [], 600);
    await expect(put).rejects.toThrow(CoordinationTimeout);
    expect(performance.now() - began).toBeLessThan(1000);
    etcd.resume(0);
    await new Promise((resolve) => setTimeout(resolve, 500)); // whatever was sent has arrived by now
    const arrived = await client.range('silent/', DEADLINE);
    expect(arrived.every((kv) => kv.modRevision === kv.createRevision)).toBe(true);
  });
});

describe('three members', () => {
  let etcd: EtcdForTests;
  beforeAll(async () => {
    etcd = await startEtcd(3);
  });
  afterAll(() => etcd[Symbol.asyncDispose]());

  test('exactly one leads, all serve, all tell their version', async () => {
    const client = etcd.client();
    const statuses = await Promise.all(etcd.endpoints.map((endpoint) => client.status(endpoint, DEADLINE)));
    expect(statuses.filter(({ leader }) => leader)).toHaveLength(1);
    expect(statuses.every(({ serving }) => serving)).toBe(true);
    expect(statuses[0]?.version).toMatch(/^3\./);
  });

  test('goes on with another member when one is killed, also for what must not be sent twice', async () => {
    const client = etcd.client();
    await client.range('x/', DEADLINE);
    await etcd.kill(0);
    await client.range('x/', DEADLINE); // finds out and stays with the next
    const fresh = etcd.client(); // its first endpoint refuses connections: nothing was sent
    await putOnce(fresh, 'failover/1', 'x');
    expect(await client.range('failover/', DEADLINE)).toHaveLength(1);
    etcd.start(0);
    await untilServing(client, etcd.endpoints[0] as string);
  });

  test('reads pass by a member that is stopped', async () => {
    const client = etcd.client();
    await client.range('x/', DEADLINE);
    const follower = await memberThat(client, etcd, 'follows');
    await etcd.pause(follower);
    // Nothing was asked of it before: a slow answer would have made the client stay with another member.
    const sticky = etcd.client([etcd.endpoints[follower] as string, ...etcd.endpoints]);
    const began = performance.now();
    await sticky.range('x/', DEADLINE);
    expect(performance.now() - began).toBeGreaterThan(300); // it did try the one that is stopped
    etcd.resume(follower);
    await untilServing(client, etcd.endpoints[follower] as string);
  });

  test('a watch loses and repeats nothing when the member that it watches is killed', async () => {
    const client = etcd.client();
    const values: string[] = [];
    const stop = new AbortController();
    const onEvent = (event: WatchEvent): number => values.push(event.keyValue.value);
    const watching = etcd.client().watch('w/', { onEvent }, stop.signal); // begins with the first member
    const written: string[] = [];
    const write = async (value: string): Promise<void> => {
      await putOnce(client, `w/${value}`, value);
      written.push(value);
    };
    for (let i = 0; i < 20; i++) await write(`before ${i}`);
    await expect.poll(() => values.length, { timeout: DEADLINE }).toBe(20);
    await etcd.kill(0);
    for (let i = 0; i < 20; i++) await write(`after ${i}`);
    await expect.poll(() => values, { timeout: 5000 }).toEqual(written);
    stop.abort();
    await watching;
    etcd.start(0);
    await untilServing(client, etcd.endpoints[0] as string);
  });

  test('a watch leaves a member that has fallen silent', async () => {
    const client = etcd.client(etcd.endpoints.slice(1));
    const values: string[] = [];
    const stop = new AbortController();
    const watching = etcd.client().watch('s/', { onEvent: (event) => values.push(event.keyValue.value) }, stop.signal);
    await client.txn([], [{ put: 's/1', value: 'one' }], [], DEADLINE);
    await expect.poll(() => values, { timeout: DEADLINE }).toEqual(['one']);
    await etcd.pause(0);
    await putOnce(client, 's/2', 'two');
    await expect.poll(() => values, { timeout: 6000 }).toEqual(['one', 'two']);
    etcd.resume(0);
    stop.abort();
    await watching;
    await untilServing(etcd.client(), etcd.endpoints[0] as string);
  });

  test('a member without its quorum answers and does not serve; nothing is certain, and reads end in time', async () => {
    const client = etcd.client([etcd.endpoints[2] as string]);
    await client.range('x/', DEADLINE);
    await Promise.all([etcd.kill(0), etcd.kill(1)]);
    const status = await client.status(etcd.endpoints[2] as string, 1500);
    expect(status).toMatchObject({ serving: false });
    const began = performance.now();
    await expect(client.range('x/', 900)).rejects.toThrow(CoordinationTimeout);
    expect(performance.now() - began).toBeLessThan(1400);
    const dead = etcd.client([etcd.endpoints[0] as string]);
    await expect(dead.txn([], [{ put: 'x/1', value: 'x' }], [], 500)).rejects.toThrow(CoordinationRefused);
    await expect(dead.status(etcd.endpoints[0] as string, 500)).rejects.toThrow(CoordinationTimeout);
  });
});

/** Creates a key, trying again while the outcome is not known: an election takes its time. */
async function putOnce(client: EtcdClient, key: string, value: string): Promise<void> {
  const absent: Compare = { key, target: 'create', op: '=', revision: '0' };
  for (let left = 20; ; left--) {
    try {
      await client.txn([absent], [{ put: key, value }], [], DEADLINE);
      return;
    } catch (error) {
      const known = error instanceof CoordinationTimeout || error instanceof CoordinationRefused;
      if (!known || left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function memberThat(client: EtcdClient, etcd: EtcdForTests, role: 'leads' | 'follows'): Promise<number> {
  const statuses = await Promise.all(etcd.endpoints.map((endpoint) => client.status(endpoint, DEADLINE)));
  return statuses.findIndex(({ leader }) => leader === (role === 'leads'));
}

test('an endpoint that is none is named', () => {
  expect(() => new EtcdClient({ endpoints: ['etcd:2379'] })).toThrow("etcd endpoint 'etcd:2379' is neither");
});
