/**
 * A real etcd of one or more members as child processes on loopback, for tests.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilStopped } from '../drivers/agent/proc.ts';
import { CoordinationTimeout } from './coordination-errors.ts';
import { EtcdClient } from './etcd-client.ts';

export interface EtcdForTests extends AsyncDisposable {
  /** Client URLs, one a member. */
  readonly endpoints: readonly string[];
  /** A client of all members; closed with the cluster. */
  client(endpoints?: readonly string[]): EtcdClient;
  /** Resolves when all of its threads stand still. */
  pause(member: number): Promise<void>;
  resume(member: number): void;
  /** Resolves when the process is gone. */
  kill(member: number): Promise<void>;
  /** Starts a killed member again, with its data. */
  start(member: number): void;
}

/** Starts a cluster and resolves when every member serves. */
export async function startEtcd(memberCount: number): Promise<EtcdForTests> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-etcd-'));
  const ports = await freePorts(memberCount * 2);
  const members = Array.from({ length: memberCount }, (_, index) => ({
    name: `etcd${index + 1}`,
    client: `http://127.0.0.1:${ports[index * 2]}`,
    peer: `http://127.0.0.1:${ports[index * 2 + 1]}`,
  }));
  const initialCluster = members.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const processes: ChildProcess[] = [];
  const clients: EtcdClient[] = [];

  const start = (index: number): void => {
    const { name, client, peer } = members[index] as (typeof members)[number];
    processes[index] = spawn(
      'etcd',
      [
        ...['--name', name, '--data-dir', join(folder, name), '--initial-cluster', initialCluster],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--heartbeat-interval', '100', '--election-timeout', '500', '--pre-vote'],
        ...['--logger', 'zap', '--log-level', 'error'],
      ],
      { stdio: 'ignore' },
    );
  };
  const kill = async (index: number): Promise<void> => {
    const child = processes[index] as ChildProcess;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const cluster: EtcdForTests = {
    endpoints: members.map(({ client }) => client),
    client(endpoints = cluster.endpoints) {
      const client = new EtcdClient({ endpoints });
      clients.push(client);
      return client;
    },
    async pause(index) {
      const child = processes[index] as ChildProcess;
      child.kill('SIGSTOP');
      await untilStopped([child.pid as number]);
    },
    resume: (index) => void (processes[index] as ChildProcess).kill('SIGCONT'),
    kill,
    start,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await Promise.all(processes.map((_, index) => kill(index)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  members.forEach((_, index) => start(index));
  const client = cluster.client();
  for (const endpoint of cluster.endpoints) await untilServing(client, endpoint);
  return cluster;
}

/** Resolves when this member answers linearizable reads. */
export async function untilServing(client: EtcdClient, endpoint: string): Promise<void> {
  for (let left = 100; left > 0; left--) {
    try {
      if ((await client.status(endpoint, 500)).serving) return;
    } catch (error) {
      if (!(error instanceof CoordinationTimeout)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`etcd at ${endpoint} does not serve`);
}

/** Ports that nobody listens on now; all are held at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
