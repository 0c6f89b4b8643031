/**
 * The supervisor: process 1 of a sandbox (network, PID and mount namespaces, with or without root). It builds a pod for
 * each member, runs an agent in each, and starts, kills and reaps the members' processes.
 *
 * It needs no clean-up: as process 1 it takes everything in the sandbox with it, and it ends when its input ends.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Termination } from '../../core/cluster.ts';
import { AgentClient } from '../agent/agent-client.ts';
import { WORKLOAD_VARIABLE } from '../agent/protocol.ts';
import {
  SANDBOX_VARIABLE,
  type PodSpec,
  type SandboxAnswer,
  type SandboxCommand,
  type WorkloadSpec,
} from './sandbox-protocol.ts';

/** Addresses of all pods: a part of 198.18.0.0/15, which RFC 2544 keeps for benchmarks. */
const PREFIX_BITS = 16;

/** In TypeScript in a checkout and compiled when installed, as this file is. */
const AGENT = join(import.meta.dirname, '..', 'agent', `agent${extname(import.meta.filename)}`);

const agents = new Map<string, AgentClient>();
const workloads = new Map<string, ChildProcess>();

/** `/run` for `ip netns`, which root of a user namespace may not write; `/dev/shm` because libfaketime leaves files there. */
function mountPrivateFolders(): void {
  for (const folder of ['/run', '/dev/shm']) execFileSync('mount', ['-t', 'tmpfs', 'snowglobe', folder]);
}

/** Pods as network namespaces on one bridge. */
async function build(pods: readonly PodSpec[]): Promise<void> {
  await ip([], ['link set lo up', 'link add br0 type bridge', 'link set br0 up', ...pods.flatMap(linkToBridge)]);
  await Promise.all(pods.map(configure));
  for (const { name } of pods) agents.set(name, startAgent(name));
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

const inPod = (pod: string): [string, ...string[]] => ['nsenter', `--net=/run/netns/${pod}`, '--'];

function startAgent(pod: string): AgentClient {
  const [program, ...args] = [...inPod(pod), process.execPath, AGENT] as const;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  return new AgentClient(`The agent of ${pod}`, child.stdout, child.stdin);
}

function passOn(
  pod: string,
  order: Parameters<AgentClient['send']>[0],
  timeoutMs: number,
): ReturnType<AgentClient['send']> {
  const agent = agents.get(pod);
  if (agent === undefined) throw new Error(`there is no pod ${pod}`);
  return agent.send(order, timeoutMs);
}

async function start({ name, pod = name, command, environment, log }: WorkloadSpec): Promise<void> {
  if (running(name) !== undefined) return;
  const output = openSync(log, 'a');
  try {
    // `env` sets the environment last, so that a preloaded library is not loaded into `nsenter`.
    const settings = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
    const [program, ...args] = [...inPod(pod), 'env', ...settings, ...command] as const;
    const { PATH = '', [SANDBOX_VARIABLE]: sandbox = '' } = process.env;
    const env = { PATH, [SANDBOX_VARIABLE]: sandbox, [WORKLOAD_VARIABLE]: name };
    const child = spawn(program, args, { env, stdio: ['ignore', output, output] });
    await once(child, 'spawn');
    workloads.set(name, child);
    child.on('exit', (code, signal) =>
      console.error(`${name} (process ${child.pid}) ended: ${signal ?? `exit ${code}`}`),
    );
  } finally {
    closeSync(output);
  }
}

async function kill(name: string): Promise<void> {
  const child = running(name);
  if (child === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function terminate(name: string, graceMs: number): Promise<Termination> {
  const child = running(name);
  if (child === undefined) return 'not running';
  const gone = once(child, 'exit') as Promise<[code: number | null]>;
  child.kill('SIGTERM');
  const [code] = await Promise.race([gone, sleep(graceMs, ['late'] as const)]);
  if (code === 'late') return 'still running';
  return code === null ? 'signalled' : 'exited';
}

function running(name: string): ChildProcess | undefined {
  const child = workloads.get(name);
  return child?.exitCode === null && child.signalCode === null ? child : undefined;
}

async function carryOut(command: SandboxCommand): Promise<Omit<Extract<SandboxAnswer, { ok: true }>, 'id' | 'ok'>> {
  switch (command.do) {
    case 'build':
      await build(command.pods);
      return {};
    case 'agent':
      return { agent: await passOn(command.pod, command.order, command.timeoutMs) };
    case 'start':
      await start(command.workload);
      return {};
    case 'kill':
      await kill(command.name);
      return {};
    case 'terminate':
      return { termination: await terminate(command.name, command.graceMs) };
    case 'end': {
      const child = workloads.get(command.name);
      const end = child?.signalCode ?? child?.exitCode;
      return end === null || end === undefined ? {} : { end };
    }
  }
}

function answer(reply: SandboxAnswer): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

process.stdout.on('error', () => process.exit()); // the harness is gone
mountPrivateFolders();
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line) as SandboxCommand;
    carryOut(command).then(
      (result) => answer({ id: command.id, ok: true, ...result }),
      (error: unknown) =>
        answer({ id: command.id, ok: false, error: error instanceof Error ? error.message : String(error) }),
    );
  })
  .on('close', () => process.exit());
