/**
 * The etcd cluster of a run, as a driver with real members shows it to the engine.
 */
import type {
  CoordinatorCluster,
  CoordinatorMember,
  MemberStatus,
  NetworkControl,
  OwnerEvent,
  ProcessControl,
} from '../../core/cluster.ts';
import type { Time } from '../../core/time.ts';
import { EtcdClient } from '../../coordinators/etcd-client.ts';

/** One member, as its driver reaches it. */
export interface EtcdMemberParts {
  readonly name: string;
  /** Reached by the control path, which no fault touches: `http://host:port` or `unix:/path`. */
  readonly endpoint: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
}

export class EtcdCoordinator implements CoordinatorCluster {
  readonly name = 'etcd';
  readonly version: string;
  readonly members: readonly CoordinatorMember[];
  readonly #client: EtcdClient;
  readonly #time: Time;
  readonly #closed = new AbortController();

  constructor(members: readonly EtcdMemberParts[], version: string, time: Time) {
    this.version = version;
    this.#time = time;
    this.#client = new EtcdClient({ endpoints: members.map((member) => member.endpoint) });
    this.members = members.map(({ name, endpoint, process, network }) => ({
      name,
      process,
      network,
      status: (timeoutMs: number): Promise<MemberStatus> => this.#client.status(endpoint, timeoutMs),
    }));
  }

  watchOwners(onEvent: (event: OwnerEvent) => void): void {
    // It rejects only when history was compacted away, which these members are never told to do: a defect, so it crashes.
    void this.#client.ownerEvents(() => this.#time.now(), onEvent, this.#closed.signal);
  }

  /** Resolves when every member serves; rejects with what the last one said when `deadlineMs` is over. */
  async untilServing(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const end = this.#time.now() + deadlineMs * 1e6;
    for (const member of this.members) {
      for (;;) {
        const said = await member.status(500).then(
          (status) => (status.serving ? undefined : 'it has no leader'),
          (error: unknown) => String(error),
        );
        if (said === undefined) break;
        if (this.#time.now() > end) throw new Error(`${member.name} does not serve after ${deadlineMs} ms: ${said}`);
        await this.#time.sleep(25, signal);
      }
    }
  }

  /** Ends the watch and closes the connections. */
  close(): void {
    this.#closed.abort();
    this.#client.close();
  }
}
