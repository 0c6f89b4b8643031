/**
 * A cluster of plain processes in the network namespaces of one sandbox.
 */
import type {
  ClockControl,
  Cluster,
  ClusterNode,
  Member,
  MintReply,
  NetworkControl,
  NodeHealth,
  ProcessControl,
} from '../../core/cluster.ts';
import type { Origin, Time } from '../../core/time.ts';
import type { EtcdCoordinator } from '../agent/coordinator.ts';
import type { NodeClient } from '../agent/node-client.ts';
import type { Sandbox } from './sandbox.ts';
import type { WorkloadSpec } from './sandbox-protocol.ts';
import { removeTraces } from './traces.ts';

export interface LocalParts {
  readonly runId: string;
  readonly sandbox: Sandbox;
  readonly time: Time;
  readonly origin: Origin;
  readonly nodes: readonly LocalNode[];
  readonly coordinator: EtcdCoordinator;
  readonly tapFolder: string;
  readonly versions: { readonly [name: string]: string };
}

export class LocalCluster implements Cluster {
  readonly driver = 'local';
  readonly time: Time;
  readonly origin: Origin;
  readonly nodes: readonly ClusterNode[];
  readonly coordinator: EtcdCoordinator;
  readonly tapFolder: string;
  readonly versions: { readonly [name: string]: string };
  readonly #parts: LocalParts;

  constructor(parts: LocalParts) {
    this.#parts = parts;
    this.time = parts.time;
    this.origin = parts.origin;
    this.nodes = parts.nodes;
    this.coordinator = parts.coordinator;
    this.tapFolder = parts.tapFolder;
    this.versions = parts.versions;
  }

  /** Links and stopped processes by the agents, clocks, then whatever was killed. What fails does not keep the rest from healing. */
  async healAll(): Promise<void> {
    const { sandbox } = this.#parts;
    const members: readonly Member[] = [...this.nodes, ...this.coordinator.members];
    const outcomes = await Promise.allSettled([
      ...members.map(({ name }) => sandbox.agent(name, { do: 'heal' })),
      ...this.nodes.map((node) => node.clock.set({ offsetMs: 0, frozen: false })),
      ...members.map((member) => member.process.start()),
    ]);
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
    if (failures.length > 0) throw new AggregateError(failures, `Not everything was healed: ${failures.join('; ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { runId, sandbox, nodes, coordinator } = this.#parts;
    coordinator.close();
    for (const node of nodes) node.close();
    await sandbox[Symbol.asyncDispose]();
    await removeTraces(runId);
  }
}

export class LocalNode implements ClusterNode {
  readonly name: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
  readonly clock: ClockControl;
  readonly #client: NodeClient;

  constructor(member: Member, clock: ClockControl, client: NodeClient) {
    this.name = member.name;
    this.process = member.process;
    this.network = member.network;
    this.clock = clock;
    this.#client = client;
  }

  health(timeoutMs: number): Promise<NodeHealth> {
    return this.#client.health(timeoutMs);
  }

  mint(count: number, timeoutMs: number, done: (reply: MintReply) => void): void {
    this.#client.mint(count, timeoutMs, done);
  }

  /** Closes the connections to it. */
  close(): void {
    this.#client.close();
  }
}

/** A process of the sandbox: the supervisor starts and kills it, its pod's agent stops it and lets it go on. */
export function processControl(sandbox: Sandbox, workload: WorkloadSpec): ProcessControl {
  const { name } = workload;
  const signal = async (which: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    await sandbox.agent(name, { do: 'signal', workload: name, signal: which });
  };
  return {
    kill: () => sandbox.killProcess(name),
    start: () => sandbox.startProcess(workload),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async alive() {
      const { pids = [] } = await sandbox.agent(name, { do: 'find', workload: name });
      return pids.length > 0;
    },
  };
}
