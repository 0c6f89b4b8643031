/**
 * Records every lease that the coordinator granted or kept, and every lease and key whose end the node asked for, its own
 * or not, around the generator's coordination: evidence that no generator can embellish.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { tellingDeletions, tellingRevoke } from '../../harness/coordinators/told-ends.ts';
import { chained } from '../../harness/core/line-chain.ts';
import { leaseLogName } from '../../harness/core/tap.ts';
import type { Compare, Coordination, Grant, KeyValue, Operation, TxnResult } from '../../harness/core/generator.ts';
import type { LeaseLogLine } from '../../harness/core/tap.ts';
import { monotonicNs } from './clocks.ts';

export class LoggedCoordination implements Coordination {
  readonly #inner: Coordination;
  readonly #log: number;
  #chain = 0;
  /** When the last accepted grant or keep-alive of a lease was sent, and for how long it granted. */
  readonly #granted = new Map<string, { readonly sentNs: bigint; readonly ttlMs: number }>();

  /** Creates the log exclusively; it stays open until the process ends. */
  constructor(inner: Coordination, tapFolder: string, node: string, incarnation: number) {
    this.#inner = inner;
    this.#log = openSync(join(tapFolder, leaseLogName(node, incarnation)), 'ax');
  }

  /** How much of a lease is spent, as `NodeHealth.leaseSpent`; undefined: it was never granted to this life. */
  spent(lease: string): number | undefined {
    const granted = this.#granted.get(lease);
    return granted === undefined ? undefined : Number(monotonicNs() - granted.sentNs) / (granted.ttlMs * 1e6);
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
    const sentNs = monotonicNs();
    const log = {
      deleting: (key: string) => this.#write('0', 'deleting', sentNs, 0, { key }),
      deleted: (key: string, revision: string) => this.#write('0', 'deleted', sentNs, 0, { key, revision }),
      notDeleted: (key: string) => this.#write('0', 'not deleted', sentNs, 0, { key }),
    };
    return tellingDeletions(onSuccess, onFailure, log, () =>
      this.#inner.txn(compares, onSuccess, onFailure, deadlineMs),
    );
  }

  async grant(ttlMs: number, deadlineMs: number): Promise<Grant> {
    const sentNs = monotonicNs();
    const grant = await this.#inner.grant(ttlMs, deadlineMs);
    this.#write(grant.id, 'granted', sentNs, grant.ttlMs);
    this.#granted.set(grant.id, { sentNs, ttlMs: grant.ttlMs });
    return grant;
  }

  async keepAlive(lease: string, deadlineMs: number): Promise<number> {
    const sentNs = monotonicNs();
    const ttlMs = await this.#inner.keepAlive(lease, deadlineMs);
    this.#write(lease, ttlMs > 0 ? 'kept' : 'gone', sentNs, ttlMs);
    if (ttlMs > 0) this.#granted.set(lease, { sentNs, ttlMs });
    else this.#granted.delete(lease);
    return ttlMs;
  }

  revoke(lease: string, deadlineMs: number): Promise<void> {
    const sentNs = monotonicNs();
    const log = {
      givenUp: () => this.#write(lease, 'given up', sentNs, 0),
      revoked: () => this.#write(lease, 'revoked', sentNs, 0),
      notGivenUp: () => this.#write(lease, 'not given up', sentNs, 0),
    };
    return tellingRevoke(log, () => this.#inner.revoke(lease, deadlineMs));
  }

  /** In one write, before the generator learns of the answer. */
  #write(
    lease: string,
    what: LeaseLogLine['what'],
    sentNs: bigint,
    ttlMs: number,
    about: Pick<LeaseLogLine, 'key' | 'revision'> = {},
  ): void {
    const receivedNs = monotonicNs().toString();
    const line: LeaseLogLine = { lease, what, ...about, sentNs: sentNs.toString(), receivedNs, ttlMs };
    const sealed = chained(JSON.stringify(line), this.#chain);
    this.#chain = sealed.chain;
    writeSync(this.#log, `${sealed.line}\n`);
  }
}
