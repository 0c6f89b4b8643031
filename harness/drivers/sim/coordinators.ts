/** The coordinators that a simulated cluster can have, by kind, or none. */
import type { ClusterSpec, CoordinatorCluster } from '../../core/cluster.ts';
import type { CoordinatorOrNone } from '../../core/coordinator-kind.ts';
import type { Coordination } from '../../core/generator.ts';
import { LEASELESS } from '../../core/leaseless.ts';
import { NO_COORDINATOR } from '../../core/no-coordinator.ts';
import type { Ranges } from '../../core/ranges.ts';
import type { Rng } from '../../core/random.ts';
import { msToNs, nsToMs } from '../../core/time.ts';
import { EtcdSim } from '../../coordinators/etcd-sim.ts';
import { refusingOddLeases } from '../../coordinators/lease-spelling.ts';
import { NO_COORDINATION, NO_RANGES } from '../../coordinators/not-offered.ts';
import { PostgresSim } from '../../coordinators/postgres-sim.ts';
import type { VirtualProcesses } from '../../coordinators/virtual-servers.ts';
import { CoordinationClient } from './coordination-client.ts';
import { SimCoordinator, SimCoordinatorMember } from './coordinator.ts';
import type { LeaseLog } from './lease-log.ts';
import type { Network } from './network.ts';
import { RangesClient } from './ranges-client.ts';
import type { ClientHost } from './requester.ts';
import { Requester } from './requester.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A coordinator as the simulator needs it. */
export interface Coordinated {
  readonly servers: VirtualProcesses;
  /** As the engine and the faults see it. */
  readonly cluster: CoordinatorCluster;
  /** What one life of a node reaches of it. */
  connect(host: ClientHost, rng: Rng): { readonly coordination: Coordination; readonly ranges: Ranges };
}

export interface CoordinatorParts {
  readonly spec: ClusterSpec;
  /** Their names. */
  readonly members: readonly string[];
  readonly time: VirtualTime;
  readonly network: Network;
  readonly leases: LeaseLog;
  readonly rng: Rng;
}

export const COORDINATORS: Readonly<Record<CoordinatorOrNone, (parts: CoordinatorParts) => Coordinated>> = {
  etcd: ({ spec, members, time, network, leases, rng }) => {
    const etcd = new EtcdSim(members, {
      time,
      rng: rng.fork('etcd'),
      connected: (one, other) => network.isOpen(one, other),
      revokesEarly: spec.simulated?.revokesEarly ?? false,
    });
    etcd.watchOwners((event) => leases.ownerChanged(event));
    return {
      servers: etcd,
      cluster: new SimCoordinator({ time, network, servers: etcd, etcd, rng }),
      connect: (host, rng) => {
        const endpoint = rng.fork('endpoint').int(0, etcd.members.length - 1);
        const client = new CoordinationClient(host, etcd, network, leases, endpoint);
        return { coordination: refusingOddLeases(client), ranges: NO_RANGES };
      },
    };
  },

  postgres: ({ members: [name = 'pg1'], time, network, rng }) => {
    const postgres = new PostgresSim(name, { time, rng: rng.fork('postgres') });
    const world = { time, network, servers: postgres, rng: rng.fork(`process of ${name}`) };
    return {
      servers: postgres,
      cluster: {
        ...LEASELESS,
        name: 'postgres',
        version: 'virtual',
        members: [new SimCoordinatorMember(name, world)],
        slowDisks: async (byMs) => postgres.slowDisks(byMs),
        writeMs: async (timeoutMs) => {
          const began = time.now();
          await time.waiting<void>((resolve, reject) => {
            time.schedule(time.now() + msToNs(timeoutMs), () => reject(new Error(`${name} gave no answer`)));
            postgres.request(
              name,
              'write',
              () => undefined,
              () => resolve(),
            );
          });
          return nsToMs(time.now() - began);
        },
      },
      connect: (host) => ({
        coordination: NO_COORDINATION,
        ranges: new RangesClient(new Requester(host, postgres, network, 0)),
      }),
    };
  },

  none: () => ({
    servers: { members: [], state: nobody, setState: nobody, status: nobody, reconsider: () => undefined },
    cluster: NO_COORDINATOR,
    connect: () => ({ coordination: NO_COORDINATION, ranges: NO_RANGES }),
  }),
};

function nobody(member: string): never {
  throw new Error(`there is no coordinator, and so no member ${member}`);
}
