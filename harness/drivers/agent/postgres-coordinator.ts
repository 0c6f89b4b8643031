/** The PostgreSQL of a run, as a driver with real members shows it to the engine. */
import type { CoordinatorCluster, CoordinatorMember } from '../../core/cluster.ts';
import { LEASELESS } from '../../core/leaseless.ts';
import type { Time } from '../../core/time.ts';
import { PostgresClient } from '../../coordinators/postgres-client.ts';
import type { CoordinatorFacts, MemberParts } from './coordinators.ts';
import { slowDisks } from './disks/slow-sync.ts';
import { untilServing } from './until-serving.ts';

const VERSION_MS = 2000;
/** What the measurement of writes counts in. */
const PROBE_KEY = 'snowglobe probe';

export class PostgresCoordinator implements CoordinatorCluster {
  readonly name = 'postgres';
  readonly members: readonly CoordinatorMember[];
  readonly watchOwners = LEASELESS.watchOwners;
  readonly owners = LEASELESS.owners;
  readonly revision = LEASELESS.revision;
  readonly revoke = LEASELESS.revoke;
  readonly wipe = LEASELESS.wipe;
  readonly snapshot = LEASELESS.snapshot;
  readonly restore = LEASELESS.restore;
  readonly #client: PostgresClient;
  readonly #time: Time;
  readonly #delayFile: string | undefined;
  #version = 'not asked yet';

  constructor(member: MemberParts, { time, delayFile }: Pick<CoordinatorFacts, 'time' | 'delayFile'>) {
    const { name, process, network } = member;
    this.#client = new PostgresClient(member.endpoint);
    this.#time = time;
    this.#delayFile = delayFile;
    this.members = [{ name, process, network, status: (timeoutMs) => this.#client.status(timeoutMs) }];
  }

  /** Known once it served. */
  get version(): string {
    return this.#version;
  }

  async slowDisks(byMs: number): Promise<void> {
    slowDisks(this.#delayFile, byMs);
  }

  async writeMs(timeoutMs: number): Promise<number> {
    const began = performance.now();
    await this.#client.setHighest(PROBE_KEY, 0n, timeoutMs);
    return performance.now() - began;
  }

  async untilServing(deadlineMs: number, signal: AbortSignal): Promise<void> {
    await untilServing(this.members, this.#time, deadlineMs, signal);
    this.#version = await this.#client.version(VERSION_MS);
  }

  close(): void {
    this.#client.close();
  }
}
