/** A cluster in virtual time: nodes, a virtual coordinator, a virtual network, and one history of all that was minted. */
import { setImmediate } from 'node:timers';
import type { Cluster, ClusterSpec, CoordinatorCluster, RegionalCoordinator, Zones } from '../../core/cluster.ts';
import { coordinatorKindOf } from '../../core/coordinator-kind.ts';
import { coordinatorMembersOf, coordinatorOfNodes, coordinatorsByRegion } from '../../core/coordinators.ts';
import { CoordinatorsAsOne } from '../../core/coordinators-as-one.ts';
import type { InMemoryHistory } from '../../core/driver.ts';
import type { ShellGenerator } from '../../core/generator.ts';
import { NO_REQUESTS } from '../../core/history.ts';
import type { History } from '../../core/history.ts';
import { wordsPerId } from '../../core/layout.ts';
import type { Rng } from '../../core/random.ts';
import type { Origin } from '../../core/time.ts';
import type { Coordinated } from './coordinators.ts';
import { COORDINATORS } from './coordinators.ts';
import type { Guard } from './guard.ts';
import { HistoryBuilder } from './history-builder.ts';
import { LeaseLog } from './lease-log.ts';
import { Network } from './network.ts';
import { SimNode } from './node.ts';
import { VirtualTime } from './virtual-time.ts';

/** The same true time in every run: 2026-01-01T00:00Z. */
const ORIGIN: Origin = { monotonicNs: '1000000000000', unixMs: 1_767_225_600_000, errorNs: 0 };

export interface SimClusterOptions {
  readonly spec: ClusterSpec;
  readonly generator: ShellGenerator;
  /** Loads the generator anew, for one life of a node. */
  readonly load: () => Promise<ShellGenerator>;
  /** The cluster disposes of it. */
  readonly guard: Guard;
  readonly rng: Rng;
  readonly log: (line: string) => void;
}

export class SimCluster implements Cluster, InMemoryHistory {
  readonly driver = 'sim';
  readonly time = new VirtualTime();
  readonly origin = ORIGIN;
  readonly nodes: readonly SimNode[];
  readonly coordinator: CoordinatorCluster;
  readonly regional?: readonly RegionalCoordinator[];
  readonly tapFolder = undefined;
  readonly zones: Zones;
  readonly versions: { readonly [name: string]: string };
  readonly #guard: Guard;
  readonly #generator: ShellGenerator;
  readonly #network: Network;
  readonly #history = new HistoryBuilder();
  readonly #spec: ClusterSpec;
  /** One for each coordinator. */
  readonly #leases: readonly LeaseLog[];

  constructor({ spec, generator, load, guard, rng, log }: SimClusterOptions) {
    const { time } = this;
    this.zones = spec.zones ?? {};
    this.#spec = spec;
    this.#guard = guard;
    this.#generator = generator;
    const network = new Network(time, rng.fork('network'), () => {
      for (const { servers } of coordinated) servers.reconsider();
    });
    this.#network = network;
    const world = { time, network };
    const coordinate = (members: readonly string[], leases: LeaseLog, drawn: Rng): Coordinated =>
      COORDINATORS[coordinatorKindOf(spec)]({ ...world, spec, members, leases, rng: drawn });
    const regions = coordinatorsByRegion(spec);
    this.#leases = regions?.map(({ region }) => new LeaseLog(region)) ?? [new LeaseLog()];
    const coordinated = regions?.map(({ region, members }, index) =>
      coordinate(members, this.#leases[index]!, rng.fork(`coordinator of ${region}`)),
    ) ?? [coordinate(coordinatorMembersOf(spec), this.#leases[0]!, rng)];
    if (regions === undefined) this.coordinator = coordinated[0]!.cluster;
    else {
      this.regional = regions.map((shape, index) => ({ shape, coordinator: coordinated[index]!.cluster }));
      this.coordinator = new CoordinatorsAsOne(this.regional);
    }
    const { name, version, members } = this.coordinator;
    this.versions = { ...(members.length > 0 && { [name]: version }), 'clocks by': 'virtual' };
    const shared = {
      ...world,
      origin: ORIGIN,
      history: this.#history,
      perId: wordsPerId(generator.layout),
      guard,
      load,
      spec,
      log,
    };
    this.nodes = names('n', spec.nodes).map((name, index) => {
      const own = regions?.findIndex(({ nodes }) => nodes.includes(name)) ?? 0;
      const [coordinator, leases] = [coordinated[own], this.#leases[own]];
      if (coordinator === undefined || leases === undefined) throw new Error(`${name} lies in no region`);
      return new SimNode(name, index, { ...shared, coordinator, leases }, rng.fork(name));
    });
    for (const node of this.nodes) node.launch();
  }

  /** Throws when a node used a real clock, timer, chance, file or network, even if it swallowed the error. */
  assertClean(): void {
    this.#guard.assertClean();
  }

  /** What was minted so far. A history of nodes that used anything real proves nothing: then it throws. */
  history(): History {
    this.assertClean();
    const coordinators = coordinatorOfNodes(this.#spec);
    return {
      layout: this.#generator.layout,
      nodes: this.nodes.map(({ name }) => name),
      ...(coordinators !== undefined && { coordinators }),
      batches: this.#history.batches(),
      ids: this.#history.ids(),
      leases: this.#leases.flatMap((leases) => leases.facts()),
      requests: NO_REQUESTS,
      health: [],
    };
  }

  async healAll(): Promise<void> {
    this.#network.mendAll();
    await this.coordinator.slowDisks(0);
    const members = this.coordinator.members.map(async ({ process }) => {
      await process.resume();
      await process.start();
    });
    await Promise.all([...members, ...this.nodes.map((node) => node.heal())]);
    // A node that was started may have left a rejection unhandled: Node tells of it when the microtasks are over.
    await this.time.standStill(() => Promise.resolve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.time.dispose();
    // As above: what a node left unhandled in the last turn is its own end, and not that of the harness.
    await new Promise((resolve) => setImmediate(resolve));
    this.#guard[Symbol.dispose]();
  }
}

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}
