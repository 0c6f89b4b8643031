import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClock } from '../../core/clock-reading.ts';
import type { ClockSetting, Cluster, ProcessControl } from '../../core/cluster.ts';
import clockFreeze from '../../faults/clock-freeze.ts';
import type { AgentOrder } from './agent-client.ts';
import { AgentCluster, AgentNode } from './agent-cluster.ts';
import { EtcdCoordinator } from './coordinator.ts';
import { networkControl } from './network-control.ts';
import { NodeClient } from './node-client.ts';
import { RealTime } from './real-time.ts';

const NOWHERE = { host: '127.0.0.1', port: 1 };

/** A cluster of one node and one member whose controls write down what they are told; those named in `broken` reject. */
function recorded(...broken: readonly string[]) {
  const told: string[] = [];
  const note = async (what: string): Promise<void> => {
    told.push(what);
    if (broken.includes(what)) throw new Error(`no ${what}`);
  };
  const process = (name: string): ProcessControl => ({
    kill: () => note(`kill ${name}`),
    start: () => note(`start ${name}`),
    pause: () => note(`pause ${name}`),
    resume: () => note(`resume ${name}`),
    terminate: () => Promise.resolve('exited'),
    slow: () => note(`slow ${name}`),
    share: () => Promise.resolve(100),
    alive: () => Promise.resolve(true),
    identity: () => Promise.resolve('1@1'),
  });
  const agent = async ({ do: what }: AgentOrder): Promise<{ id: number; ok: true }> => {
    await note(`agent: ${what}`);
    return { id: 1, ok: true };
  };
  const network = networkControl(
    agent,
    () => ({ address: NOWHERE.host, port: NOWHERE.port }),
    () => agent,
  );
  const clock = {
    backend: 'none',
    set: ({ offsetMs, rate }: ClockSetting) => note(`clock ${offsetMs} x${rate}`),
  };
  const time = new RealTime(0n);
  const member = { name: 'etcd1', endpoint: 'http://127.0.0.1:1', process: process('etcd1'), network };
  const cluster = new AgentCluster({
    driver: 'none',
    time,
    origin: { monotonicNs: '0', unixMs: 0, errorNs: 0 },
    nodes: [new AgentNode({ name: 'n1', process: process('n1'), network }, clock, new NodeClient(NOWHERE, Number))],
    coordinator: new EtcdCoordinator([member], { etcdVersion: '3', time, snapshots: '', delayFile: undefined }),
    agents: [agent],
    tapFolder: '',
    zones: {},
    versions: {},
    remove: () => note('remove'),
  });
  return { cluster, told };
}

describe('healing', () => {
  const ALL = ['agent: heal', 'clock 0 x1', 'start n1', 'start etcd1'];

  test('tells every agent, every clock and every process', async () => {
    const { cluster, told } = recorded();
    await cluster.healAll();
    expect(told).toEqual(ALL);
  });

  test('goes on past what fails, and tells of each failure', async () => {
    const { cluster, told } = recorded('agent: heal', 'start n1');
    await expect(cluster.healAll()).rejects.toThrow(
      'Not everything was healed: Error: no agent: heal; Error: no start n1',
    );
    expect(told).toEqual(ALL);
  });
});

test('a cluster that is disposed of twice is removed once, and both calls end when it is gone', async () => {
  const { cluster, told } = recorded();
  await Promise.all([cluster[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()]);
  await cluster[Symbol.asyncDispose]();
  expect(told).toEqual(['remove']);
});

describe('a node in which another process mints than the one that answers', () => {
  const HEALTH = { status: 'minting', incarnation: 1, wallMs: 0, monotonicNs: '1', minted: [], pid: 7 };
  const server = createServer((_, response) => response.end(JSON.stringify(HEALTH)));
  const asked: (number | undefined)[] = [];
  let node: AgentNode;

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = new NodeClient({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, Number);
    const clock = { backend: 'none', set: () => Promise.resolve() };
    const [{ process, network }] = recorded().cluster.nodes as [AgentNode];
    node = new AgentNode({ name: 'n1', process, network }, clock, client, undefined, async (pid) => {
      asked.push(pid);
      return 'it is another';
    });
  });
  afterAll(() => {
    node.close();
    server.close();
  });

  test('is asked whose clock it is while that is skewed, and not before and after', async () => {
    expect(await node.health(1000)).not.toHaveProperty('clockDoubt');
    await node.clock.set({ offsetMs: -5, rate: 1 });
    expect(await node.health(1000)).toMatchObject({ clockDoubt: 'it is another' });
    expect(asked).toEqual([7]);
    await node.clock.set({ offsetMs: 0, rate: 1 });
    expect(await node.health(1000)).not.toHaveProperty('clockDoubt');
    expect(await node.clockDoubt(1000)).toBe('it is another');
  });

  test('gives no reading of a clock that nobody mints by', async () => {
    await node.clock.set({ offsetMs: -5, rate: 1 });
    const time = new RealTime(0n);
    const cluster = { time, origin: { monotonicNs: '0', unixMs: 0, errorNs: 0 }, nodes: [node] } as unknown as Cluster;
    await expect(readClock(cluster, 'n1')).rejects.toThrow('it is another');
    const freeze = clockFreeze.observe(cluster, { node: 'n1' });
    await expect(freeze).rejects.toThrow('it is another');
  });
});
