/**
 * The data of a virtual etcd: keys with revisions, transactions, and leases that end at TTL + 0 … 0.5 s, as measured of
 * etcd 3.4: never early. Whoever leads calls `halt` and `proceed`; in between nothing ends.
 */
import type { OwnerEvent } from '../core/cluster.ts';
import type { Compare, Grant, KeyValue, Operation, TxnResult } from '../core/generator.ts';
import { deletedKeys } from '../core/generator.ts';
import { workerIdOfKey } from '../core/owner-key.ts';
import type { Rng } from '../core/random.ts';
import type { Cancel, RunNs } from '../core/time.ts';
import { msToNs } from '../core/time.ts';
import { CoordinationRefused } from './coordination-errors.ts';

/** The time that a virtual etcd lives on. */
export interface EtcdTime {
  now(): RunNs;
  schedule(at: RunNs, act: () => void): Cancel;
}

/** etcd looks for expired leases twice a second. */
const EXPIRY_CHECK_MS = 500;
/** etcd grants whole seconds, and at least 1.5 election timeouts of 500 ms. */
const TTL_STEP_MS = 1000;
/** A leader that stood still finds leases that ran out meanwhile this soon after. */
const OVERDUE_MS = { min: 24, max: 46 };
/** Above 2^53, as etcd's lease IDs are: who reads them as JS numbers is found out. */
const FIRST_LEASE = 7_587_894_000_000_000_001n;

interface Entry {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly lease: string;
}

interface Lease {
  readonly id: string;
  readonly ttlMs: number;
  expiresAt: RunNs;
  /** Its check came while nobody led. */
  overdue: boolean;
  readonly keys: Set<string>;
}

/** All that a virtual etcd holds, at one moment. */
export interface EtcdSimSnapshot {
  readonly takenAt: RunNs;
  readonly revision: number;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly leases: readonly { readonly id: string; readonly ttlMs: number }[];
}

export class EtcdSimStore {
  readonly #time: EtcdTime;
  readonly #rng: Rng;
  readonly #onOwner: (event: OwnerEvent) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #leases = new Map<string, Lease>();
  /** etcd begins at 1; the first write makes 2. */
  #revision = 1;
  #nextLease = FIRST_LEASE;
  #halted = false;

  constructor(time: EtcdTime, rng: Rng, onOwner: (event: OwnerEvent) => void) {
    this.#time = time;
    this.#rng = rng;
    this.#onOwner = onOwner;
  }

  range(prefix: string): readonly KeyValue[] {
    return [...this.#entries.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort(compareBytes)
      .map((key) => this.#read(key) as KeyValue);
  }

  /** Refuses as a whole, before anything is written, when an operation cannot be carried out. */
  txn(compares: readonly Compare[], onSuccess: readonly Operation[], onFailure: readonly Operation[]): TxnResult {
    const succeeded = compares.every((compare) => this.#holds(compare));
    const operations = succeeded ? onSuccess : onFailure;
    this.#refuseImpossible(onSuccess, succeeded);
    this.#refuseImpossible(onFailure, !succeeded);
    const revision = this.#revision + 1;
    let wrote = false;
    const deleted: string[] = [];
    const got = operations.map((operation) => {
      if ('get' in operation) return this.#read(operation.get);
      if ('put' in operation) {
        this.#put(operation.put, operation.value, operation.lease ?? '0', revision);
        wrote = true;
      } else if (this.#delete(operation.delete, revision)) deleted.push(operation.delete);
      return undefined;
    });
    if (wrote || deleted.length > 0) this.#revision = revision;
    return { succeeded, revision: String(this.#revision), got, deleted };
  }

  grant(ttlMs: number): Grant {
    const granted = Math.max(1, Math.ceil(ttlMs / TTL_STEP_MS)) * TTL_STEP_MS;
    const id = String(this.#nextLease++);
    const lease: Lease = {
      id,
      ttlMs: granted,
      expiresAt: this.#time.now() + msToNs(granted),
      overdue: false,
      keys: new Set(),
    };
    this.#leases.set(id, lease);
    this.#checkLater(lease);
    return { id, ttlMs: granted };
  }

  /** The TTL, or 0 when the lease is gone. One that ran out and was not noticed yet is not revived. */
  keepAlive(id: string): number {
    const lease = this.#leases.get(id);
    if (lease === undefined) return 0;
    if (lease.expiresAt <= this.#time.now()) {
      this.#end(lease);
      return 0;
    }
    lease.expiresAt = this.#time.now() + msToNs(lease.ttlMs);
    return lease.ttlMs;
  }

  /** Deletes the lease's keys. Harmless when it is gone. */
  revoke(id: string): void {
    const lease = this.#leases.get(id);
    if (lease !== undefined) this.#end(lease);
  }

  get revision(): string {
    return String(this.#revision);
  }

  /** When each lease runs out, as whoever leads now knows it. */
  expiries(): ReadonlyMap<string, RunNs> {
    return new Map([...this.#leases].map(([id, { expiresAt }]) => [id, expiresAt]));
  }

  snapshot(): EtcdSimSnapshot {
    return {
      takenAt: this.#time.now(),
      revision: this.#revision,
      entries: new Map(this.#entries),
      leases: [...this.#leases.values()].map(({ id, ttlMs }) => ({ id, ttlMs })),
    };
  }

  /** Nobody leads. Each lease of the snapshot lives again, with its full TTL from when somebody leads. */
  restore({ revision, entries, leases }: EtcdSimSnapshot): void {
    const before = new Map(this.#entries);
    this.#entries.clear();
    for (const [key, entry] of entries) this.#entries.set(key, entry);
    this.#leases.clear();
    for (const { id, ttlMs } of leases) {
      const keys = new Set([...entries].filter(([, entry]) => entry.lease === id).map(([key]) => key));
      this.#leases.set(id, { id, ttlMs, expiresAt: this.#time.now() + msToNs(ttlMs), overdue: true, keys });
    }
    this.#revision = revision;
    const same = (one: Entry | undefined, other: Entry | undefined): boolean =>
      one?.createRevision === other?.createRevision && one?.value === other?.value;
    for (const [key, entry] of before)
      if (!same(entry, entries.get(key))) this.#tellOwner('released', key, entry, revision, { wentBack: true });
    for (const [key, entry] of entries)
      if (!same(entry, before.get(key))) this.#tellOwner('acquired', key, entry, revision, { wentBack: true });
  }

  /** Nobody leads: leases that run out wait for a leader. */
  halt(): void {
    this.#halted = true;
  }

  /** A leader leads again. A new one knows nothing of the time that leases had left: each gets its full TTL. */
  proceed(leader: 'same' | 'new'): void {
    if (!this.#halted) return;
    this.#halted = false;
    for (const lease of this.#leases.values()) {
      if (leader === 'new') lease.expiresAt = this.#time.now() + msToNs(lease.ttlMs);
      if (!lease.overdue) continue;
      lease.overdue = false;
      if (leader === 'new') this.#checkLater(lease);
      else this.#checkAt(lease, this.#time.now() + msToNs(this.#rng.real(OVERDUE_MS.min, OVERDUE_MS.max)));
    }
  }

  #checkLater(lease: Lease): void {
    this.#checkAt(lease, lease.expiresAt + msToNs(this.#rng.real(0, EXPIRY_CHECK_MS)));
  }

  #checkAt(lease: Lease, at: RunNs): void {
    this.#time.schedule(at, () => {
      if (this.#leases.get(lease.id) !== lease) return;
      if (this.#halted) lease.overdue = true;
      else if (lease.expiresAt <= this.#time.now()) this.#end(lease);
      else this.#checkLater(lease);
    });
  }

  #end(lease: Lease): void {
    this.#leases.delete(lease.id);
    if (lease.keys.size === 0) return;
    const revision = ++this.#revision;
    for (const key of [...lease.keys].sort(compareBytes)) this.#delete(key, revision);
  }

  #holds(compare: Compare): boolean {
    const entry = this.#entries.get(compare.key);
    if (compare.target === 'value')
      return entry !== undefined && matches(compareBytes(entry.value, compare.value), compare.op);
    const revision = compare.target === 'create' ? entry?.createRevision : entry?.modRevision;
    return matches((revision ?? 0) - Number(compare.revision), compare.op);
  }

  /** etcd checks the puts of both branches for a key that is named twice or deleted, and the leases of the branch taken. */
  #refuseImpossible(operations: readonly Operation[], taken: boolean): void {
    const keys = new Set(deletedKeys(operations));
    for (const operation of operations) {
      if (!('put' in operation)) continue;
      if (keys.has(operation.put)) throw new CoordinationRefused('duplicate key given in txn request');
      keys.add(operation.put);
      const { lease } = operation;
      if (taken && lease !== undefined && lease !== '0' && !this.#leases.has(lease))
        throw new CoordinationRefused('requested lease not found');
    }
  }

  #put(key: string, value: string, lease: string, revision: number): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#leases.get(before.lease)?.keys.delete(key);
    const entry = { value, createRevision: before?.createRevision ?? revision, modRevision: revision, lease };
    this.#entries.set(key, entry);
    this.#leases.get(lease)?.keys.add(key);
    // A put on a key that is there is no change of the owner, as to who watches the real one.
    if (before === undefined) this.#tellOwner('acquired', key, entry, revision);
  }

  #delete(key: string, revision: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#leases.get(entry.lease)?.keys.delete(key);
    this.#tellOwner('released', key, entry, revision);
    return true;
  }

  #read(key: string): KeyValue | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { value, createRevision, modRevision, lease } = entry;
    return { key, value, createRevision: String(createRevision), modRevision: String(modRevision), lease };
  }

  #tellOwner(
    what: OwnerEvent['what'],
    key: string,
    entry: Entry,
    revision: number,
    why: Pick<OwnerEvent, 'wentBack'> = {},
  ): void {
    const workerId = workerIdOfKey(key);
    if (workerId === undefined) return;
    this.#onOwner({
      at: this.#time.now(),
      what,
      workerId,
      ...(what === 'acquired' && { value: entry.value }),
      ...(entry.lease !== '0' && { lease: entry.lease }),
      createRevision: String(entry.createRevision),
      revision: String(revision),
      ...why,
    });
  }
}

function matches(difference: number, op: Compare['op']): boolean {
  return op === '=' ? difference === 0 : op === '<' ? difference < 0 : difference > 0;
}

/** etcd orders keys and values by bytes; UTF-16, by which JS compares, differs beyond the basic plane. */
function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
