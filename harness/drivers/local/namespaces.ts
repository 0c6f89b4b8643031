/** Pods as network namespaces on one bridge, in a sandbox of namespaces of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Ground } from './ground.ts';
import type { PodSpec } from './sandbox-protocol.ts';

/** Addresses of all pods: a part of 198.18.0.0/15, which RFC 2544 keeps for benchmarks. */
const PREFIX_BITS = 16;

/** It needs no clean-up: process 1 of the sandbox takes everything in it with it. */
export function namespaces(): Ground {
  mountPrivateFolders();
  return {
    async build(pods) {
      await ip([], ['link set lo up', 'link add br0 type bridge', 'link set br0 up', ...pods.flatMap(linkToBridge)]);
      await Promise.all(pods.map(configure));
      return {};
    },
    into: (pod) => ['nsenter', `--net=/run/netns/${pod}`, '--'],
    agentArguments: () => [],
    link: () => Promise.reject(new Error('links are in the hands of the agents of their pods')),
    ended: () => undefined,
    end: () => Promise.resolve(),
  };
}

/** `/run` for `ip netns`, which root of a user namespace may not write; `/dev/shm` because libfaketime leaves files there. */
function mountPrivateFolders(): void {
  for (const folder of ['/run', '/dev/shm']) execFileSync('mount', ['-t', 'tmpfs', 'snowglobe', folder]);
}

function linkToBridge({ name }: PodSpec): string[] {
  return [
    `netns add ${name}`,
    `link add ${name} type veth peer name eth0 netns ${name}`,
    `link set ${name} master br0`,
    `link set ${name} up`,
  ];
}

function configure({ name, address }: PodSpec): Promise<void> {
  const lines = ['link set lo up', `addr add ${address}/${PREFIX_BITS} dev eth0`, 'link set eth0 up'];
  return ip(['-netns', name], lines);
}

async function ip(options: readonly string[], lines: readonly string[]): Promise<void> {
  const child = spawn('ip', [...options, '-batch', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.on('error', () => undefined); // an `ip` that ended early tells why on stderr
  child.stdin.end(`${lines.join('\n')}\n`);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ip: ${errors.trim()}`);
}
