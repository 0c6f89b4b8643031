import type { ClusterSpec } from '../../core/cluster.ts';
import type { ShellGenerator } from '../../core/generator.ts';
import type { Origin } from '../../core/time.ts';
import type { Coordinated } from './coordinators.ts';
import type { Guard } from './guard.ts';
import type { HistoryBuilder } from './history-builder.ts';
import type { LeaseLog } from './lease-log.ts';
import type { Network } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What nodes of a cluster share: all of them, or those of one coordinator. */
export interface NodeWorld {
  readonly time: VirtualTime;
  readonly origin: Origin;
  readonly network: Network;
  readonly coordinator: Coordinated;
  readonly history: HistoryBuilder;
  /** 64-bit words of an ID. */
  readonly perId: 1 | 2;
  readonly leases: LeaseLog;
  readonly guard: Guard;
  /** Loads the generator anew: nothing that its modules hold outlives the life it is for. */
  readonly load: () => Promise<ShellGenerator>;
  readonly spec: ClusterSpec;
  readonly log: (line: string) => void;
}
