/**
 * The container in which a node or a coordinator member runs, inside its pod's namespaces.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessControl, Termination } from '../../core/cluster.ts';
import { WORKLOAD_VARIABLE } from '../agent/protocol.ts';
import { type AgentClient, deadlineOf } from '../agent/agent-client.ts';
import { startContainer } from './container.ts';
import type { Container } from './engine.ts';
import { statusOf, tolerating } from './engine.ts';
import { partName } from './labels.ts';
import type { Mount } from './mounts.ts';
import { mount } from './mounts.ts';
import type { Pod, RunParts } from './pod.ts';
import { NO_LOG } from './pod.ts';

export interface WorkloadSpec {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly mounts: readonly Mount[];
}

const LOGS = '/snowglobe/logs';
/** How long the engine may take to see that a process ended. */
const ENGINE_LAGS_MS = 10_000;
const POLL_MS = 20;
/** The exit code of a process that SIGTERM (15) ended, as the engine tells it. */
const TERMINATED = 128 + 15;

/** Starts it for the first time. Its output goes to `NAME.log` in the run's folder, which outlives every container. */
export async function startWorkload(run: RunParts, pod: Pod, spec: WorkloadSpec): Promise<Workload> {
  const { container } = await startContainer(run.docker, {
    image: run.image,
    name: partName(run.runId, pod.name),
    labels: run.labels,
    command: [
      'sh',
      '-c',
      'log=$1; shift; exec "$@" >>"$log" 2>&1',
      'workload',
      `${LOGS}/${pod.name}.log`,
      ...spec.command,
    ],
    environment: { ...spec.environment, [WORKLOAD_VARIABLE]: pod.name },
    user: spec.user,
    network: `container:${pod.container.id}`,
    // Never AutoRemove: what is killed has to be there to be started again.
    host: {
      PidMode: `container:${pod.container.id}`,
      Mounts: [...spec.mounts, mount(run.logFolder, 'read-write', LOGS)],
      LogConfig: NO_LOG,
    },
  });
  return new Workload(pod.name, container, pod.agent);
}

export class Workload implements ProcessControl {
  readonly #name: string;
  readonly #container: Container;
  readonly #agent: AgentClient;

  constructor(name: string, container: Container, agent: AgentClient) {
    this.#name = name;
    this.#container = container;
    this.#agent = agent;
  }

  async kill(): Promise<void> {
    const { pids = [] } = await this.#agent.send({ do: 'signal', workload: this.#name, signal: 'SIGKILL' });
    // None found: it is dead, or it is just being born and does not bear its name yet.
    if (pids.length === 0) await tolerating([409], this.#container.kill({ signal: 'SIGKILL' }));
    await this.#container.wait({ condition: 'not-running' });
  }

  async start(): Promise<void> {
    const giveUp = performance.now() + ENGINE_LAGS_MS;
    while (!(await this.alive()) && !(await this.#started())) {
      // The engine calls it running and the kernel has no such process: it ended, or began, a moment ago.
      if (performance.now() > giveUp) throw new Error(`the engine says that ${this.#name} runs, and it does not`);
      await delay(POLL_MS);
    }
  }

  async pause(): Promise<void> {
    await this.#agent.send({ do: 'signal', workload: this.#name, signal: 'SIGSTOP' });
  }

  async resume(): Promise<void> {
    await this.#agent.send({ do: 'signal', workload: this.#name, signal: 'SIGCONT' });
  }

  async terminate(graceMs: number): Promise<Termination> {
    const giveUp = performance.now() + graceMs;
    const { pids = [] } = await this.#agent.send({ do: 'signal', workload: this.#name, signal: 'SIGTERM' });
    if (pids.length === 0) return 'not running';
    // Looked at again and again: a wait for an end that never comes would stay open.
    for (;;) {
      const { State: state } = await this.#container.inspect();
      if (!state.Running) return state.ExitCode === TERMINATED ? 'signalled' : 'exited';
      if (performance.now() > giveUp) return 'still running';
      await delay(POLL_MS);
    }
  }

  async slow(percent: number): Promise<void> {
    await this.#agent.send({ do: 'slow', workload: this.#name, percent });
  }

  async share(forMs: number): Promise<number | undefined> {
    const order = { do: 'share', workload: this.#name, forMs } as const;
    return (await this.#agent.send(order, deadlineOf(order))).percent;
  }

  async identity(): Promise<string | undefined> {
    return (await this.#agent.send({ do: 'find', workload: this.#name })).identity;
  }

  async alive(): Promise<boolean> {
    const { pids = [] } = await this.#agent.send({ do: 'find', workload: this.#name });
    return pids.length > 0;
  }

  /** Its exit code, of which 128 + n is a signal; null while it runs. */
  async end(): Promise<number | null> {
    const { State: state } = await this.#container.inspect();
    return state.Running ? null : state.ExitCode;
  }

  /** Whether this call started it; false when the engine thinks that it runs. */
  async #started(): Promise<boolean> {
    try {
      await this.#container.start();
      return true;
    } catch (error) {
      if (statusOf(error) === 304) return false;
      throw error;
    }
  }
}
