/**
 * A cluster of real processes, each in a pod with a fault agent, while it lives. How an order comes to an agent, and how
 * everything is removed, is the driver's own, and handed in.
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
  RegionalCoordinator,
  Taking,
  Zones,
} from '../../core/cluster.ts';
import { TRUE_CLOCK } from '../../core/cluster.ts';
import type { Origin, Time } from '../../core/time.ts';
import type { SendOrder } from './agent-client.ts';
import type { RealCoordinator } from './coordinators.ts';
import type { NodeClient } from './node-client.ts';

/**
 * Whether what mints in a node is seen to read the node's clock, where that is not the process that answers (`pid`).
 * Undefined: it is; else why not, as a sentence without its stop. Rejects where there is nothing that mints.
 */
export type ClockProof = (pid: number | undefined) => Promise<string | undefined>;

/** What a cluster is made of. */
export interface AgentClusterParts {
  readonly driver: string;
  readonly time: Time;
  readonly origin: Origin;
  readonly nodes: readonly AgentNode[];
  readonly coordinator: RealCoordinator;
  /** As `Cluster.regional`. */
  readonly regional?: readonly RegionalCoordinator[];
  /** The agents of all pods. */
  readonly agents: readonly SendOrder[];
  /** Mends all links, where they are not in the hands of the agents. */
  readonly healLinks?: () => Promise<unknown>;
  readonly tapFolder: string;
  readonly zones: Zones;
  readonly versions: { readonly [name: string]: string };
  /** Removes whatever the driver made for the run. Called once. */
  readonly remove: () => Promise<unknown>;
}

export class AgentCluster implements Cluster {
  readonly driver: string;
  readonly time: Time;
  readonly origin: Origin;
  readonly nodes: readonly AgentNode[];
  readonly coordinator: RealCoordinator;
  readonly regional?: readonly RegionalCoordinator[];
  readonly tapFolder: string;
  readonly zones: Zones;
  readonly versions: { readonly [name: string]: string };
  readonly #agents: readonly SendOrder[];
  readonly #healLinks: (() => Promise<unknown>) | undefined;
  readonly #remove: () => Promise<unknown>;
  #disposal: Promise<void> | undefined;

  constructor(parts: AgentClusterParts) {
    this.driver = parts.driver;
    this.time = parts.time;
    this.origin = parts.origin;
    this.nodes = parts.nodes;
    this.coordinator = parts.coordinator;
    if (parts.regional !== undefined) this.regional = parts.regional;
    this.tapFolder = parts.tapFolder;
    this.zones = parts.zones;
    const backends = new Set(parts.nodes.map(({ clock }) => clock.backend));
    this.versions = { ...parts.versions, 'clocks by': [...backends].join(', ') };
    this.#agents = parts.agents;
    this.#healLinks = parts.healLinks;
    this.#remove = parts.remove;
  }

  /**
   * Links and stopped processes by the agents, clocks, disks, then whatever was killed. What fails does not keep the rest
   * from healing.
   */
  async healAll(): Promise<void> {
    const members: readonly Member[] = [...this.nodes, ...this.coordinator.members];
    const outcomes = await Promise.allSettled([
      ...this.#agents.map((send) => send({ do: 'heal' })),
      this.#healLinks?.(),
      ...this.nodes.map(({ clock }) => clock.set({ offsetMs: 0, rate: 1 })),
      this.coordinator.slowDisks(0),
      ...members.map(({ process }) => process.start()),
    ]);
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
    if (failures.length > 0) throw new AggregateError(failures, `Not everything was healed: ${failures.join('; ')}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#disposal ??= this.#dispose());
  }

  async #dispose(): Promise<void> {
    this.coordinator.close();
    for (const node of this.nodes) node.close();
    await this.#remove();
  }
}

/** A node of such a cluster: its controls, and the client that asks it. */
export class AgentNode implements ClusterNode {
  readonly name: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
  readonly clock: ClockControl;
  readonly #client: NodeClient;
  readonly #lastWords: () => Promise<string | undefined>;
  readonly #clockProof: ClockProof | undefined;
  #runsTrue = true;

  /** `lastWords`: as `ClusterNode.lastWords`. */
  constructor(
    member: Member,
    clock: ClockControl,
    client: NodeClient,
    lastWords: () => Promise<string | undefined> = async () => undefined,
    clockProof?: ClockProof,
  ) {
    this.#lastWords = lastWords;
    this.#clockProof = clockProof;
    this.name = member.name;
    this.process = member.process;
    this.network = member.network;
    this.clock = {
      backend: clock.backend,
      set: async (setting) => {
        this.#runsTrue = setting.offsetMs === TRUE_CLOCK.offsetMs && setting.rate === TRUE_CLOCK.rate;
        await clock.set(setting);
      },
    };
    this.#client = client;
  }

  /** While its clock is skewed, with whether that is seen where it counts. */
  async health(timeoutMs: number): Promise<NodeHealth> {
    const health = await this.#client.health(timeoutMs);
    if (this.#runsTrue) return health;
    const clockDoubt = await this.#clockProof?.(health.pid);
    return clockDoubt === undefined ? health : { ...health, clockDoubt };
  }

  /** Why a fault of its clock would not reach what mints in it; undefined: it would. */
  async clockDoubt(timeoutMs: number): Promise<string | undefined> {
    if (this.#clockProof === undefined) return undefined;
    return this.#clockProof((await this.#client.health(timeoutMs)).pid);
  }

  lastWords(): Promise<string | undefined> {
    return this.#lastWords();
  }

  get openMax(): number {
    return this.#client.openMax;
  }

  get http(): string | undefined {
    return this.#client.http;
  }

  mint(count: number, timeoutMs: number, done: (reply: MintReply) => void, taking?: Taking): void {
    this.#client.mint(count, timeoutMs, done, taking);
  }

  /** Closes the connections to it. */
  close(): void {
    this.#client.close();
  }
}
