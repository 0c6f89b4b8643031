/**
 * The harness's end of a sandbox: one child process (`unshare`) in whose namespaces all of a run's pods live. When it
 * ends, however it ends, the kernel ends everything within. Without namespaces the child is the supervisor itself.
 */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Termination } from '../../core/cluster.ts';
import type { AgentOrder, AgentResult } from '../agent/agent-client.ts';
import { deadlineOf } from '../agent/agent-client.ts';
import { LineClient } from '../agent/line-client.ts';
import {
  PLAIN,
  SANDBOX_VARIABLE,
  type LinkOrder,
  type PodSpec,
  type SandboxAnswer,
  type SandboxCommand,
  type WorkloadSpec,
} from './sandbox-protocol.ts';
import { SEARCH_PATH } from './programs.ts';

/** How this user makes namespaces: as root as they are, otherwise as root of a user namespace; or does without. */
export type Mode = 'root' | 'rootless' | typeof PLAIN;

/** `unshare` and its arguments; the command that follows becomes process 1 and dies with it. */
export function unshareCommand(mode: Exclude<Mode, typeof PLAIN>): [string, ...string[]] {
  const user = mode === 'rootless' ? ['--user', '--map-root-user'] : [];
  return ['unshare', ...user, '--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc'];
}

/** In TypeScript in a checkout and compiled when installed, as this file is. */
const SUPERVISOR = join(import.meta.dirname, `supervisor${extname(import.meta.filename)}`);

/** Building starts processes one after the other; on a loaded machine each may take a while. */
const BUILD_MS = 20_000;
const START_MS = 10_000;
const KILL_MS = 10_000;
const CLOSE_MS = 2000;
const END_MS = 1000;
const LINK_MS = 2000;

export class Sandbox implements AsyncDisposable {
  /** The process ID of the child, in the harness's own namespace. */
  readonly pid: number;
  readonly #labelOf: (name: string) => string;
  readonly #child: ChildProcess;
  readonly #supervisor: LineClient<SandboxCommand, SandboxAnswer>;

  private constructor(
    child: ChildProcess,
    supervisor: LineClient<SandboxCommand, SandboxAnswer>,
    labelOf: (name: string) => string,
  ) {
    this.#labelOf = labelOf;
    this.pid = child.pid as number;
    this.#child = child;
    this.#supervisor = supervisor;
  }

  /** Starts an empty sandbox; what its supervisor has to complain about goes to `log`. */
  static async start(runId: string, mode: Mode, log: string): Promise<Sandbox> {
    const supervisor = [process.execPath, SUPERVISOR] as const;
    const [program, ...args] =
      mode === PLAIN ? ([...supervisor, PLAIN] as const) : ([...unshareCommand(mode), ...supervisor] as const);
    const complaints = openSync(log, 'a');
    // A session of its own: Ctrl-C on a terminal is for the harness, which heals and then ends the sandbox.
    const child = spawn(program, args, {
      detached: true,
      stdio: ['pipe', 'pipe', complaints],
      env: { PATH: SEARCH_PATH, [SANDBOX_VARIABLE]: runId },
    });
    closeSync(complaints);
    await once(child, 'spawn');
    const { stdin, stdout } = child as ChildProcessByStdio<Writable, Readable, null>;
    // Where processes of other runs can be seen, their names are not enough.
    const labelOf = (name: string): string => (mode === PLAIN ? `${runId}/${name}` : name);
    return new Sandbox(child, new LineClient('The sandbox', stdout, stdin), labelOf);
  }

  /** Makes the pods. Their agents may take their first orders at once. Resolves to the block of their loopback addresses. */
  async build(pods: readonly PodSpec[]): Promise<number | undefined> {
    const { block } = await this.#supervisor.send({ do: 'build', pods }, BUILD_MS);
    await Promise.all(pods.map(({ name }) => this.agent(name, { do: 'ping' }, BUILD_MS)));
    return block;
  }

  /** An order to the links that the supervisor has; answers whether one is in use, where that was asked. */
  async link(order: LinkOrder): Promise<boolean | undefined> {
    return (await this.#supervisor.send({ do: 'link', order }, LINK_MS)).talks;
  }

  /** By which agents find the processes of a workload. */
  labelOf(name: string): string {
    return this.#labelOf(name);
  }

  /** An order to the agent of a pod. */
  async agent(pod: string, order: AgentOrder, timeoutMs = deadlineOf(order)): Promise<AgentResult> {
    const { agent } = await this.#supervisor.send({ do: 'agent', pod, order, timeoutMs }, timeoutMs + 1000);
    return agent as AgentResult;
  }

  async startProcess(workload: WorkloadSpec): Promise<void> {
    const label = this.labelOf(workload.name);
    await this.#supervisor.send({ do: 'start', workload: { ...workload, label } }, START_MS);
  }

  async killProcess(name: string): Promise<void> {
    await this.#supervisor.send({ do: 'kill', name }, KILL_MS);
  }

  async terminateProcess(name: string, graceMs: number): Promise<Termination> {
    const { termination } = await this.#supervisor.send({ do: 'terminate', name, graceMs }, graceMs + KILL_MS);
    return termination as Termination;
  }

  /** Exit code or signal; null while it runs. */
  async endOf(name: string): Promise<number | string | null> {
    return (await this.#supervisor.send({ do: 'end', name }, END_MS)).end ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    await this.#supervisor.close(CLOSE_MS);
    // The supervisor follows at once (`--kill-child`), and the kernel lets nothing in its namespace outlive it.
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await gone;
  }
}
