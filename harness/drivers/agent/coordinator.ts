/**
 * The etcd cluster of a run, as a driver with real members shows it to the engine.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  CoordinatorCluster,
  CoordinatorMember,
  MemberStatus,
  NetworkControl,
  OwnerEvent,
  OwnerKey,
  ProcessControl,
  Syncs,
} from '../../core/cluster.ts';
import { OWNER_PREFIX, ownersIn } from '../../core/owner-key.ts';
import type { Rollback } from '../../core/rollback.ts';
import type { Time } from '../../core/time.ts';
import { EtcdClient } from '../../coordinators/etcd-client.ts';
import { watchOwnerKeys } from '../../coordinators/owner-watch.ts';
import type { CoordinatorFacts } from './coordinators.ts';
import { slowDisks } from './disks/slow-sync.ts';
import { untilServing } from './until-serving.ts';

/** One member, as its driver reaches it. */
export interface EtcdMemberParts {
  readonly name: string;
  /** Reached by the control path, which no fault touches: `http://host:port` or `unix:/path`. */
  readonly endpoint: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
}

/** In the folder of snapshots: what a member takes the place of its data by at its next start. */
export const restoreFile = (member: string): string => `${member}.restore`;

const SNAPSHOT_MS = 5000;
/** etcd takes at most 128 operations in one transaction. */
const DELETIONS_MAX = 128;
/** The shortest lease that etcd grants is longer; it is revoked at once. */
const PROBE_LEASE_MS = 2000;

export class EtcdCoordinator implements CoordinatorCluster {
  readonly name = 'etcd';
  readonly version: string;
  readonly members: readonly CoordinatorMember[];
  readonly #client: EtcdClient;
  readonly #time: Time;
  readonly #snapshots: string;
  readonly #delayFile: string | undefined;
  readonly #closed = new AbortController();

  constructor(members: readonly EtcdMemberParts[], { etcdVersion, time, snapshots, delayFile }: CoordinatorFacts) {
    this.version = etcdVersion;
    this.#time = time;
    this.#snapshots = snapshots;
    this.#delayFile = delayFile;
    this.#client = new EtcdClient({ endpoints: members.map((member) => member.endpoint) });
    this.members = members.map(({ name, endpoint, process, network }) => ({
      name,
      process,
      network,
      status: (timeoutMs: number): Promise<MemberStatus> => this.#client.status(endpoint, timeoutMs),
      syncs: (timeoutMs: number): Promise<Syncs> => this.#client.syncs(endpoint, timeoutMs),
    }));
  }

  watchOwners(onEvent: (event: OwnerEvent) => void, onRollback?: (rollback: Rollback) => void): void {
    const now = (): number => this.#time.now();
    // It rejects only when history was compacted away, which these members are never told to do: a defect, so it crashes.
    void watchOwnerKeys(
      this.#client,
      { now, onEvent, ...(onRollback !== undefined && { onRollback }) },
      this.#closed.signal,
    );
  }

  async revision(timeoutMs: number): Promise<string> {
    return (await this.#client.state(OWNER_PREFIX, timeoutMs)).revision;
  }

  async owners(timeoutMs: number): Promise<readonly OwnerKey[]> {
    return ownersIn((await this.#client.state(OWNER_PREFIX, timeoutMs)).keys);
  }

  revoke(lease: string, timeoutMs: number): Promise<void> {
    return this.#client.revoke(lease, timeoutMs);
  }

  async wipe(timeoutMs: number): Promise<void> {
    const keys = await this.#client.range('', timeoutMs);
    const leases = new Set(keys.map(({ lease }) => lease).filter((lease) => lease !== '0'));
    for (const lease of leases) await this.#client.revoke(lease, timeoutMs);
    for (let from = 0; from < keys.length; from += DELETIONS_MAX) {
      const deletions = keys.slice(from, from + DELETIONS_MAX).map(({ key }) => ({ delete: key }));
      await this.#client.txn([], deletions, [], timeoutMs);
    }
  }

  async snapshot(): Promise<string> {
    const name = `${this.#time.now()}.snapshot`;
    writeFileSync(join(this.#snapshots, name), await this.#client.snapshot(SNAPSHOT_MS));
    return name;
  }

  async restore(snapshot: string): Promise<void> {
    await Promise.all(this.members.map(({ process }) => process.kill()));
    for (const { name } of this.members)
      copyFileSync(join(this.#snapshots, snapshot), join(this.#snapshots, restoreFile(name)));
    await Promise.all(this.members.map(({ process }) => process.start()));
  }

  async slowDisks(byMs: number): Promise<void> {
    slowDisks(this.#delayFile, byMs);
  }

  async writeMs(timeoutMs: number): Promise<number> {
    const began = performance.now();
    const { id } = await this.#client.grant(PROBE_LEASE_MS, timeoutMs);
    const tookMs = performance.now() - began;
    await this.#client.revoke(id, timeoutMs);
    return tookMs;
  }

  /** Resolves when every member serves; rejects with what the last one said when `deadlineMs` is over. */
  async untilServing(deadlineMs: number, signal: AbortSignal): Promise<void> {
    await untilServing(this.members, this.#time, deadlineMs, signal);
  }

  /** Ends the watch and closes the connections. */
  close(): void {
    this.#closed.abort();
    this.#client.close();
  }
}
