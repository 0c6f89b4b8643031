/** How the drivers with real members reach a coordinator, by its kind. */
import type {
  ClusterSpec,
  CoordinatorCluster,
  NetworkControl,
  ProcessControl,
  RegionalCoordinator,
} from '../../core/cluster.ts';
import type { CoordinatorKind } from '../../core/coordinator-kind.ts';
import { coordinatorKindOf } from '../../core/coordinator-kind.ts';
import { coordinatorsByRegion } from '../../core/coordinators.ts';
import { CoordinatorsAsOne } from '../../core/coordinators-as-one.ts';
import { NO_COORDINATOR } from '../../core/no-coordinator.ts';
import type { Time } from '../../core/time.ts';
import { POSTGRES_PORT } from '../../coordinators/postgres-command.ts';
import { EtcdCoordinator } from './coordinator.ts';
import { ETCD_PORT, etcdUrl } from './etcd-arguments.ts';
import { PostgresCoordinator } from './postgres-coordinator.ts';

/** A coordinator with real members. */
export interface RealCoordinator extends CoordinatorCluster {
  /** Resolves when every member serves; rejects with what the last one said when `deadlineMs` is over. */
  untilServing(deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** Ends what it watches and closes the connections. */
  close(): void;
}

/** One member, as its driver reaches it. */
export interface MemberParts {
  readonly name: string;
  /** Reached by the control path, which no fault touches: a URL of the kind's scheme, or `unix:/path`. */
  readonly endpoint: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
}

/** What a driver finds out of a coordinator, and the kind may need. */
export interface CoordinatorFacts {
  /** Of etcd; others tell their own. */
  readonly etcdVersion: string;
  readonly time: Time;
  /** A folder that the members see as well. */
  readonly snapshots: string;
  /** The file by which the disks of the members are slowed; undefined: they were not started so. */
  readonly delayFile: string | undefined;
}

interface Access {
  /** For clients. */
  readonly port: number;
  /** Of the URLs by which clients reach it over TCP. */
  readonly scheme: string;
  /** The variables by which nodes find it (generators/PROTOCOL.md). */
  environment(members: readonly { readonly name: string; readonly address: string }[]): Record<string, string>;
  connect(members: readonly MemberParts[], facts: CoordinatorFacts): RealCoordinator;
}

export const COORDINATOR_ACCESS: Readonly<Record<CoordinatorKind, Access>> = {
  etcd: {
    port: ETCD_PORT,
    scheme: 'http',
    environment: (members) => ({ SNOWGLOBE_ETCD: members.map(etcdUrl).join(',') }),
    connect: (members, facts) => new EtcdCoordinator(members, facts),
  },
  postgres: {
    port: POSTGRES_PORT,
    scheme: 'postgres',
    environment: ([member]) => ({ SNOWGLOBE_POSTGRES: `postgres://${member?.address}:${POSTGRES_PORT}` }),
    connect: ([member], facts) => new PostgresCoordinator(member as MemberParts, facts),
  },
};

/** The variables by which a node finds the members of its coordinator; none, where there is no coordinator. */
export function coordinatorVariables(
  spec: ClusterSpec,
  members: readonly { readonly name: string; readonly address: string }[],
): Record<string, string> {
  const kind = coordinatorKindOf(spec);
  return kind === 'none' ? {} : COORDINATOR_ACCESS[kind].environment(members);
}

const NOBODY: RealCoordinator = {
  ...NO_COORDINATOR,
  untilServing: () => Promise.resolve(),
  close: () => undefined,
};

/** The coordinator of a cluster, or all of them as one, and then one by one as well. */
export interface Connected {
  readonly coordinator: RealCoordinator;
  readonly regional?: readonly RegionalCoordinator[];
}

/** Connects to the members of all coordinators of a cluster. */
export function connectAll(spec: ClusterSpec, members: readonly MemberParts[], facts: CoordinatorFacts): Connected {
  const kind = coordinatorKindOf(spec);
  if (kind === 'none') return { coordinator: NOBODY };
  const { connect } = COORDINATOR_ACCESS[kind];
  const regions = coordinatorsByRegion(spec);
  if (regions === undefined) return { coordinator: connect(members, facts) };
  const regional = regions.map((shape) => ({
    shape,
    coordinator: connect(
      members.filter(({ name }) => shape.members.includes(name)),
      facts,
    ),
  }));
  return { regional, coordinator: new RealCoordinators(regional) };
}

class RealCoordinators extends CoordinatorsAsOne implements RealCoordinator {
  readonly #all: readonly RealCoordinator[];

  constructor(regional: readonly RegionalCoordinator<RealCoordinator>[]) {
    super(regional);
    this.#all = regional.map(({ coordinator }) => coordinator);
  }

  async untilServing(deadlineMs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#all.map((coordinator) => coordinator.untilServing(deadlineMs, signal)));
  }

  close(): void {
    for (const coordinator of this.#all) coordinator.close();
  }
}
