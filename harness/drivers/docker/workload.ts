/**
 * What a node or a coordinator member runs as, inside its pod's namespaces: a container, or two that live and die together.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessControl, Termination } from '../../core/cluster.ts';
import { endInWords } from '../agent/last-words.ts';
import { WORKLOAD_VARIABLE } from '../agent/protocol.ts';
import { type AgentClient, deadlineOf } from '../agent/agent-client.ts';
import type { Mount } from './mounts.ts';
import { imagePart, ownPart, type Part } from './part.ts';
import type { Pod, RunParts } from './pod.ts';

export interface WorkloadSpec {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Left out: whom the image says. */
  readonly user?: string;
  readonly mounts: readonly Mount[];
  /** Where the command is started; left out: where the image says. */
  readonly folder?: string;
  /** An image of the user's, of which nothing is known but its program; left out: the run's own. */
  readonly image?: string;
  /** What has to run beside it in the pod, for the two to be one node: a service, beside its recorder. */
  readonly beside?: WorkloadSpec;
}

/** How long the engine may take to see that a process ended. */
const ENGINE_LAGS_MS = 10_000;
const POLL_MS = 20;
/** The exit code of a process that SIGTERM (15) ended, as the engine tells it. */
const TERMINATED = 128 + 15;

/** Starts it for the first time. Its output goes to `NAME.log` in the run's folder, which outlives every container. */
export async function startWorkload(run: RunParts, pod: Pod, spec: WorkloadSpec): Promise<Workload> {
  const started = (each: WorkloadSpec, part: string): Promise<Part> => {
    const labelled = { ...each, environment: { ...each.environment, [WORKLOAD_VARIABLE]: pod.name } };
    return each.image === undefined
      ? ownPart(run, pod, labelled, part)
      : imagePart(run, pod, { ...labelled, image: each.image }, part);
  };
  const beside = spec.beside === undefined ? [] : [await started(spec.beside, `${pod.name}-service`)];
  return new Workload(pod.name, [...beside, await started(spec, pod.name)], pod.agent);
}

export class Workload implements ProcessControl {
  readonly #name: string;
  /** In the order in which they are started: what a recorder records comes first. */
  readonly #parts: readonly Part[];
  readonly #agent: AgentClient;
  /** Counts what was asked of it: an end that nobody asked for is one of the life that is still watched. */
  #asked = 0;

  constructor(name: string, parts: readonly Part[], agent: AgentClient) {
    this.#name = name;
    this.#parts = parts;
    this.#agent = agent;
    this.#watch();
  }

  async kill(): Promise<void> {
    this.#asked++;
    const { pids = [] } = await this.#signal('SIGKILL');
    await Promise.all(
      this.#parts.map(async (part) => {
        // None found: it is dead, or it is just being born and does not bear its name yet. So may one of two be.
        if (pids.length === 0 || this.#parts.length > 1) await part.kill();
        await part.ended();
      }),
    );
  }

  async start(): Promise<void> {
    const giveUp = performance.now() + ENGINE_LAGS_MS;
    while (!(await this.#isWhole()) && !(await this.#startParts())) {
      // The engine calls it running and the kernel has no such process: it ended, or began, a moment ago.
      if (performance.now() > giveUp) throw new Error(`the engine says that ${this.#name} runs, and it does not`);
      await delay(POLL_MS);
    }
  }

  async pause(): Promise<void> {
    await this.#signal('SIGSTOP');
  }

  async resume(): Promise<void> {
    await this.#signal('SIGCONT');
  }

  async terminate(graceMs: number): Promise<Termination> {
    const giveUp = performance.now() + graceMs;
    this.#asked++;
    const { pids = [] } = await this.#signal('SIGTERM');
    if (pids.length === 0) return 'not running';
    // Looked at again and again: a wait for an end that never comes would stay open.
    for (;;) {
      const [first, ...others] = await this.#ends();
      if (first !== null && others.every((end) => end !== null)) return first === TERMINATED ? 'signalled' : 'exited';
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

  /** Its exit code, of which 128 + n is a signal; null while it runs. Of two, that of the one that ended by itself. */
  async end(): Promise<number | null> {
    const ends = await this.#ends();
    return ends.find((end) => endInWords(end) !== undefined) ?? ends.at(-1) ?? null;
  }

  #signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): ReturnType<AgentClient['send']> {
    return this.#agent.send({ do: 'signal', workload: this.#name, signal });
  }

  #ends(): Promise<readonly (number | null)[]> {
    return Promise.all(this.#parts.map((part) => part.end()));
  }

  async #isWhole(): Promise<boolean> {
    if (!(await this.alive())) return false;
    return this.#parts.length === 1 || (await this.#ends()).every((end) => end === null);
  }

  /** Whether this call started it; false when the engine thinks that it runs. One of two is no node: it goes first. */
  async #startParts(): Promise<boolean> {
    if (this.#parts.length > 1) await this.kill();
    for (const part of this.#parts) if (!(await part.start())) return false;
    this.#asked++;
    this.#watch();
    return true;
  }

  /** Where one of two ends by itself, the other ends with it: a recorder of nothing is no node. */
  #watch(): void {
    if (this.#parts.length === 1) return;
    const life = this.#asked;
    const end = async (): Promise<void> => {
      if (life !== this.#asked) return;
      await Promise.all(this.#parts.map((part) => part.kill()));
    };
    // What fails does so because the run is being removed, and the containers with it.
    for (const part of this.#parts)
      part
        .ended()
        .then(end, () => undefined)
        .catch(() => undefined);
  }
}
