/**
 * Records every lease that the coordinator granted or kept, and every one that the node gave up, around the generator's coordination: evidence that no
 * generator can embellish.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { leaseLogName } from '../../harness/core/tap.ts';
import type { Compare, Coordination, Grant, KeyValue, Operation, TxnResult } from '../../harness/core/generator.ts';
import type { LeaseLogLine } from '../../harness/core/tap.ts';
import { monotonicNs } from './clocks.ts';

export class LoggedCoordination implements Coordination {
  readonly #inner: Coordination;
  readonly #log: number;
  readonly #granted = new Set<string>();

  /** Creates the log exclusively; it stays open until the process ends. */
  constructor(inner: Coordination, tapFolder: string, node: string, incarnation: number) {
    this.#inner = inner;
    this.#log = openSync(join(tapFolder, leaseLogName(node, incarnation)), 'ax');
  }

  range(prefix: string, deadlineMs: number): Promise<readonly KeyValue[]> {
    return this.#inner.range(prefix, deadlineMs);
  }

  txn(
    compares: readonly Compare[],
    onSuccess: readonly Operation[],
    onFailure: readonly Operation[],
    deadlineMs: number,
  ): Promise<TxnResult> {
    // Whoever deletes keys may delete its owner key: that it then ends early is no fault of the coordinator.
    if ([...onSuccess, ...onFailure].some((operation) => 'delete' in operation))
      for (const lease of this.#granted) this.#write(lease, 'given up', monotonicNs(), 0);
    return this.#inner.txn(compares, onSuccess, onFailure, deadlineMs);
  }

  async grant(ttlMs: number, deadlineMs: number): Promise<Grant> {
    const sentNs = monotonicNs();
    const grant = await this.#inner.grant(ttlMs, deadlineMs);
    this.#write(grant.id, 'granted', sentNs, grant.ttlMs);
    this.#granted.add(grant.id);
    return grant;
  }

  async keepAlive(lease: string, deadlineMs: number): Promise<number> {
    const sentNs = monotonicNs();
    const ttlMs = await this.#inner.keepAlive(lease, deadlineMs);
    this.#write(lease, ttlMs > 0 ? 'kept' : 'gone', sentNs, ttlMs);
    return ttlMs;
  }

  async revoke(lease: string, deadlineMs: number): Promise<void> {
    // Before it is sent: it may take effect although no answer comes.
    this.#write(lease, 'given up', monotonicNs(), 0);
    await this.#inner.revoke(lease, deadlineMs);
    this.#granted.delete(lease);
  }

  /** In one write, before the generator learns of the answer. */
  #write(lease: string, what: LeaseLogLine['what'], sentNs: bigint, ttlMs: number): void {
    const receivedNs = monotonicNs().toString();
    const line: LeaseLogLine = { lease, what, sentNs: sentNs.toString(), receivedNs, ttlMs };
    writeSync(this.#log, `${JSON.stringify(line)}\n`);
  }
}
