/**
 * Records every lease that the coordinator granted or kept, around the generator's coordination: evidence that no
 * generator can embellish.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { leaseLogName } from '../../harness/core/tap.ts';
import type { Compare, Coordination, Grant, KeyValue, Operation, TxnResult } from '../../harness/core/generator.ts';
import type { LeaseLogLine } from '../../harness/core/tap.ts';

export class LoggedCoordination implements Coordination {
  readonly #inner: Coordination;
  readonly #log: number;

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
    return this.#inner.txn(compares, onSuccess, onFailure, deadlineMs);
  }

  async grant(ttlMs: number, deadlineMs: number): Promise<Grant> {
    const sentNs = process.hrtime.bigint();
    const grant = await this.#inner.grant(ttlMs, deadlineMs);
    this.#write(grant.id, 'granted', sentNs, grant.ttlMs);
    return grant;
  }

  async keepAlive(lease: string, deadlineMs: number): Promise<number> {
    const sentNs = process.hrtime.bigint();
    const ttlMs = await this.#inner.keepAlive(lease, deadlineMs);
    this.#write(lease, ttlMs > 0 ? 'kept' : 'gone', sentNs, ttlMs);
    return ttlMs;
  }

  async revoke(lease: string, deadlineMs: number): Promise<void> {
    const sentNs = process.hrtime.bigint();
    await this.#inner.revoke(lease, deadlineMs);
    this.#write(lease, 'gone', sentNs, 0);
  }

  /** In one write, before the generator learns of the answer. */
  #write(lease: string, what: LeaseLogLine['what'], sentNs: bigint, ttlMs: number): void {
    const receivedNs = process.hrtime.bigint().toString();
    const line: LeaseLogLine = { lease, what, sentNs: sentNs.toString(), receivedNs, ttlMs };
    writeSync(this.#log, `${JSON.stringify(line)}\n`);
  }
}
