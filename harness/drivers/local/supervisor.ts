/**
 * The supervisor: process 1 of a sandbox (network, PID and mount namespaces, with or without root), or a plain process
 * that stands for one. It builds a pod for each member, runs an agent in each, and starts, kills and reaps the members'
 * processes.
 *
 * It ends when its input ends, and takes everything in the sandbox with it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Termination } from '../../core/cluster.ts';
import { AgentClient } from '../agent/agent-client.ts';
import { WORKLOAD_VARIABLE } from '../agent/protocol.ts';
import type { Ground } from './ground.ts';
import { namespaces } from './namespaces.ts';
import { plainProcesses } from './plain-processes.ts';
import {
  PLAIN,
  SANDBOX_VARIABLE,
  type PodSpec,
  type SandboxAnswer,
  type SandboxCommand,
  type WorkloadSpec,
} from './sandbox-protocol.ts';

/** In TypeScript in a checkout and compiled when installed, as this file is. */
const AGENT = join(import.meta.dirname, '..', 'agent', `agent${extname(import.meta.filename)}`);

/** A signal takes milliseconds; an agent of a busy machine some more. */
const REST_ENDS_MS = 5000;

const ground = process.argv[2] === PLAIN ? plainProcesses(process.env[SANDBOX_VARIABLE] as string) : namespaces();
let isEnding = false;
const agents = new Map<string, AgentClient>();
const workloads = new Map<string, ChildProcess>();
/** Ends of workloads whose other processes are still being ended. */
const endings = new Map<string, Promise<void>>();

/** Pods, each with an agent. */
async function build(pods: readonly PodSpec[]): ReturnType<Ground['build']> {
  const built = await ground.build(pods);
  for (const { name } of pods) agents.set(name, startAgent(name));
  return built;
}

function startAgent(pod: string): AgentClient {
  const [program, ...args] = [...ground.into(pod), process.execPath, AGENT, ...ground.agentArguments(pod)] as const;
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

async function start({
  name,
  pod = name,
  label = name,
  command,
  environment,
  folder,
  log,
}: WorkloadSpec): Promise<void> {
  if (running(name) !== undefined) return;
  await endings.get(name);
  const output = openSync(log, 'a');
  try {
    // `env` sets the environment last, so that a preloaded library is not loaded into what comes before it.
    const settings = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
    const [program, ...args] = [...ground.into(pod), 'env', ...settings, ...command] as const;
    const { PATH = '', [SANDBOX_VARIABLE]: sandbox = '' } = process.env;
    const env = { PATH, [SANDBOX_VARIABLE]: sandbox, [WORKLOAD_VARIABLE]: label };
    const child = spawn(program, args, {
      env,
      ...(folder !== undefined && { cwd: folder }),
      stdio: ['ignore', output, output],
    });
    await once(child, 'spawn');
    workloads.set(name, child);
    child.on('exit', (code, signal) => {
      console.error(`${name} (process ${child.pid}) ended: ${signal ?? `exit ${code}`}`);
      ground.ended(child.pid as number);
      endings.set(name, endRest(pod, label));
    });
  } finally {
    closeSync(output);
  }
}

/** What a process leaves when it ends, however it does: the service behind a recorder, which must not mint for nobody. */
async function endRest(pod: string, label: string): Promise<void> {
  try {
    await passOn(pod, { do: 'signal', workload: label, signal: 'SIGKILL' }, REST_ENDS_MS);
  } catch (error) {
    if (!isEnding) console.error(`ending what ${label} left:`, error);
  }
}

async function kill(name: string): Promise<void> {
  const child = running(name);
  if (child === undefined) return endings.get(name);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await endings.get(name);
}

async function terminate(name: string, graceMs: number): Promise<Termination> {
  const child = running(name);
  if (child === undefined) return 'not running';
  const gone = once(child, 'exit') as Promise<[code: number | null]>;
  child.kill('SIGTERM');
  const [code] = await Promise.race([gone, sleep(graceMs, ['late'] as const)]);
  if (code === 'late') return 'still running';
  await endings.get(name);
  return code === null ? 'signalled' : 'exited';
}

function running(name: string): ChildProcess | undefined {
  const child = workloads.get(name);
  return child?.exitCode === null && child.signalCode === null ? child : undefined;
}

async function carryOut(command: SandboxCommand): Promise<Omit<Extract<SandboxAnswer, { ok: true }>, 'id' | 'ok'>> {
  switch (command.do) {
    case 'build':
      return build(command.pods);
    case 'link':
      return ground.link(command.order);
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

function finish(): void {
  if (isEnding) return;
  isEnding = true;
  ground
    .end()
    .catch((error: unknown) => console.error('ending the run:', error))
    .finally(() => process.exit());
}

process.stdout.on('error', finish); // the harness is gone
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line) as SandboxCommand;
    carryOut(command).then(
      (result) => answer({ id: command.id, ok: true, ...result }),
      (error: unknown) =>
        answer({ id: command.id, ok: false, error: error instanceof Error ? error.message : String(error) }),
    );
  })
  .on('close', finish);
