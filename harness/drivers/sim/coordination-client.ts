/**
 * How a simulated node reaches the virtual etcd: over the virtual network, with deadlines on the node's own monotonic
 * clock. A request that got no answer may have been carried out, or may be yet.
 */
import type { Compare, Coordination, Grant, KeyValue, Operation, TxnResult } from '../../core/generator.ts';
import type { EtcdSim } from '../../coordinators/etcd-sim.ts';
import type { EtcdSimStore } from '../../coordinators/etcd-sim-store.ts';
import { tellingDeletions, tellingRevoke } from '../../coordinators/told-ends.ts';
import type { LeaseLog } from './lease-log.ts';
import type { Network } from './network.ts';
import { Requester } from './requester.ts';
import type { ClientHost } from './requester.ts';

export class CoordinationClient implements Coordination {
  readonly #host: ClientHost;
  readonly #requester: Requester<EtcdSimStore>;
  readonly #leases: LeaseLog;

  constructor(host: ClientHost, etcd: EtcdSim, network: Network, leases: LeaseLog, firstEndpoint: number) {
    this.#host = host;
    this.#requester = new Requester(host, etcd, network, firstEndpoint);
    this.#leases = leases;
  }

  range(prefix: string, deadlineMs: number): Promise<readonly KeyValue[]> {
    return this.#requester.call('read', (store) => store.range(prefix), deadlineMs);
  }

  txn(
    compares: readonly Compare[],
    onSuccess: readonly Operation[],
    onFailure: readonly Operation[],
    deadlineMs: number,
  ): Promise<TxnResult> {
    const sentNs = this.#host.now();
    const { name: node, incarnation } = this.#host;
    const log = {
      deleting: (key: string) => this.#leases.deleting(key, { node, incarnation }, sentNs),
      deleted: (key: string, revision: string) => this.#leases.deleted(key, sentNs, revision),
      notDeleted: (key: string) => this.#leases.notDeleted(key, sentNs),
    };
    const kind = [...onSuccess, ...onFailure].every((operation) => 'get' in operation) ? 'read' : 'write';
    return tellingDeletions(onSuccess, onFailure, log, () =>
      this.#requester.call(kind, (store) => store.txn(compares, onSuccess, onFailure), deadlineMs),
    );
  }

  async grant(ttlMs: number, deadlineMs: number): Promise<Grant> {
    const sentNs = this.#host.now();
    const grant = await this.#requester.call('write', (store) => store.grant(ttlMs), deadlineMs);
    this.#leases.granted(grant.id, this.#host.name, this.#host.incarnation, sentNs, grant.ttlMs);
    return grant;
  }

  async keepAlive(lease: string, deadlineMs: number): Promise<number> {
    const sentNs = this.#host.now();
    const ttlMs = await this.#requester.call('read', (store) => store.keepAlive(lease), deadlineMs);
    const { name: node, incarnation } = this.#host;
    if (ttlMs > 0) this.#leases.kept(lease, sentNs, ttlMs);
    else this.#leases.gone({ lease, node, incarnation, sentNs, receivedNs: this.#host.now() });
    return ttlMs;
  }

  revoke(lease: string, deadlineMs: number): Promise<void> {
    const sentNs = this.#host.now();
    const { name: node, incarnation } = this.#host;
    const log = {
      givenUp: () => this.#leases.givenUp(lease, { node, incarnation }, sentNs),
      revoked: () => this.#leases.revoked(lease, sentNs),
      notGivenUp: () => this.#leases.notGivenUp(lease, sentNs),
    };
    return tellingRevoke(log, () => this.#requester.call('write', (store) => store.revoke(lease), deadlineMs));
  }
}
