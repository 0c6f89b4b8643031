/**
 * A cluster in containers, while it lives.
 */
import type {
  Cluster,
  ClusterNode,
  CoordinatorCluster,
  MintReply,
  NetworkControl,
  NodeHealth,
  ProcessControl,
} from '../../core/cluster.ts';
import type { Origin, Time } from '../../core/time.ts';
import type { AgentClient } from '../agent/agent-client.ts';
import type { EtcdCoordinator } from '../agent/coordinator.ts';
import type { FaketimeClock } from '../agent/faketime.ts';
import type { NodeClient } from '../agent/node-client.ts';

/** What a cluster is made of. */
export interface ClusterParts {
  readonly time: Time;
  readonly origin: Origin;
  readonly nodes: readonly DockerNode[];
  readonly coordinator: EtcdCoordinator;
  readonly agents: readonly AgentClient[];
  readonly tapFolder: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Removes every container and network of the run. */
  readonly remove: () => Promise<unknown>;
}

export class DockerNode implements ClusterNode {
  readonly name: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
  readonly clock: FaketimeClock;
  readonly #client: NodeClient;

  constructor(
    name: string,
    controls: { readonly process: ProcessControl; readonly network: NetworkControl; readonly clock: FaketimeClock },
    client: NodeClient,
  ) {
    this.name = name;
    this.process = controls.process;
    this.network = controls.network;
    this.clock = controls.clock;
    this.#client = client;
  }

  health(timeoutMs: number): Promise<NodeHealth> {
    return this.#client.health(timeoutMs);
  }

  mint(count: number, timeoutMs: number, done: (reply: MintReply) => void): void {
    this.#client.mint(count, timeoutMs, done);
  }

  close(): void {
    this.#client.close();
  }
}

export class DockerCluster implements Cluster {
  readonly driver = 'docker';
  readonly time: Time;
  readonly origin: Origin;
  readonly nodes: readonly DockerNode[];
  readonly coordinator: CoordinatorCluster;
  readonly tapFolder: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly #parts: ClusterParts;
  #disposal: Promise<void> | undefined;

  constructor(parts: ClusterParts) {
    this.time = parts.time;
    this.origin = parts.origin;
    this.nodes = parts.nodes;
    this.coordinator = parts.coordinator;
    this.tapFolder = parts.tapFolder;
    this.versions = parts.versions;
    this.#parts = parts;
  }

  /** Everything is tried, whatever fails; what failed is told at the end. */
  async healAll(): Promise<void> {
    const members = [...this.nodes, ...this.coordinator.members];
    const healed = await Promise.allSettled([
      ...this.nodes.map(({ clock }) => clock.set({ offsetMs: 0, frozen: false })),
      ...this.#parts.agents.map((agent) => agent.send({ do: 'heal' })),
      ...members.map(({ process }) => process.start()),
    ]);
    const errors = healed.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    if (errors.length > 0) throw new AggregateError(errors, 'The cluster could not be healed in full.');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#disposal ??= this.#dispose());
  }

  async #dispose(): Promise<void> {
    for (const node of this.nodes) node.close();
    this.#parts.coordinator.close();
    await this.#parts.remove();
    // Their pods are gone, and with them the other ends: this only lets go of the streams.
    await Promise.all(this.#parts.agents.map((agent) => agent.close()));
  }
}
