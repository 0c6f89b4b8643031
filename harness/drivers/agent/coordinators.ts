/** How the drivers with real members reach a coordinator, by its kind. */
import type { CoordinatorCluster, NetworkControl, ProcessControl } from '../../core/cluster.ts';
import type { CoordinatorKind } from '../../core/coordinator-kind.ts';
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
    connect: (members, { etcdVersion, time, snapshots }) => new EtcdCoordinator(members, etcdVersion, time, snapshots),
  },
  postgres: {
    port: POSTGRES_PORT,
    scheme: 'postgres',
    environment: ([member]) => ({ SNOWGLOBE_POSTGRES: `postgres://${member?.address}:${POSTGRES_PORT}` }),
    connect: ([member], { time }) => new PostgresCoordinator(member as MemberParts, time),
  },
};
