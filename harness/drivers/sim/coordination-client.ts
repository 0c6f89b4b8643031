/**
 * How a simulated node reaches the virtual etcd: over the virtual network, with deadlines on the node's own monotonic
 * clock. A request that got no answer may have been carried out, or may be yet.
 */
import type { Compare, Coordination, Grant, KeyValue, Operation, TxnResult } from '../../core/generator.ts';
import { deletedKeys } from '../../core/generator.ts';
import type { Cancel, RunNs } from '../../core/time.ts';
import { CoordinationRefused, CoordinationTimeout } from '../../coordinators/coordination-errors.ts';
import type { EtcdSim, Outcome, RequestKind } from '../../coordinators/etcd-sim.ts';
import type { EtcdSimStore } from '../../coordinators/etcd-sim-store.ts';
import type { LeaseLog } from './lease-log.ts';
import type { Network } from './network.ts';

/** One life of a node, as far as its client needs it. */
export interface ClientHost {
  readonly name: string;
  readonly incarnation: number;
  /** The node's own time, which may be ahead. */
  now(): RunNs;
  /** Calls back after `ms` of the node's time. */
  after(ms: number, act: () => void): Cancel;
  /** Calls back when the node can take what has arrived; never when it is dead. */
  deliver(act: () => void): void;
  /** Whether it lived to send what it meant to send at this moment. */
  hadSent(at: RunNs): boolean;
}

/** A refused connection is known to be refused at once. */
const REFUSED_MS = 1;

export class CoordinationClient implements Coordination {
  readonly #host: ClientHost;
  readonly #etcd: EtcdSim;
  readonly #network: Network;
  readonly #leases: LeaseLog;
  /** It stays with a member that answers. */
  #endpoint: number;
  /** The members with which a connection stands. */
  readonly #standing = new Set<string>();

  constructor(host: ClientHost, etcd: EtcdSim, network: Network, leases: LeaseLog, firstEndpoint: number) {
    this.#host = host;
    this.#etcd = etcd;
    this.#network = network;
    this.#leases = leases;
    this.#endpoint = firstEndpoint;
  }

  range(prefix: string, deadlineMs: number): Promise<readonly KeyValue[]> {
    return this.#call('read', (store) => store.range(prefix), deadlineMs);
  }

  async txn(
    compares: readonly Compare[],
    onSuccess: readonly Operation[],
    onFailure: readonly Operation[],
    deadlineMs: number,
  ): Promise<TxnResult> {
    const sentNs = this.#host.now();
    const keys = deletedKeys([...onSuccess, ...onFailure]);
    for (const key of keys) this.#leases.deleting(key, sentNs);
    try {
      const kind = [...onSuccess, ...onFailure].every((operation) => 'get' in operation) ? 'read' : 'write';
      const result = await this.#call(kind, (store) => store.txn(compares, onSuccess, onFailure), deadlineMs);
      const deleted = deletedKeys(result.succeeded ? onSuccess : onFailure);
      for (const key of keys) if (!deleted.has(key)) this.#leases.notDeleted(key, sentNs);
      return result;
    } catch (error) {
      if (error instanceof CoordinationRefused) for (const key of keys) this.#leases.notDeleted(key, sentNs);
      throw error;
    }
  }

  async grant(ttlMs: number, deadlineMs: number): Promise<Grant> {
    const sentNs = this.#host.now();
    const grant = await this.#call('write', (store) => store.grant(ttlMs), deadlineMs);
    this.#leases.granted(grant.id, this.#host.name, this.#host.incarnation, sentNs, grant.ttlMs);
    return grant;
  }

  async keepAlive(lease: string, deadlineMs: number): Promise<number> {
    const sentNs = this.#host.now();
    const ttlMs = await this.#call('read', (store) => store.keepAlive(lease), deadlineMs);
    if (ttlMs > 0) this.#leases.kept(lease, sentNs, ttlMs);
    return ttlMs;
  }

  revoke(lease: string, deadlineMs: number): Promise<void> {
    this.#leases.givenUp(lease, this.#host.now());
    return this.#call('write', (store) => store.revoke(lease), deadlineMs);
  }

  #call<T>(kind: RequestKind, perform: (store: EtcdSimStore) => T, deadlineMs: number): Promise<T> {
    const host = this.#host;
    return new Promise<T>((resolve, reject) => {
      const sentNs = host.now();
      const member = this.#liveMember();
      if (member === undefined) {
        host.after(Math.min(REFUSED_MS, deadlineMs), () =>
          reject(new CoordinationRefused('no member takes connections')),
        );
        return;
      }
      const cancel = host.after(deadlineMs, () => {
        this.#standing.delete(member);
        if (this.#etcd.members[this.#endpoint] === member) this.#nextEndpoint();
        reject(new CoordinationTimeout(`${member} gave no answer within ${deadlineMs} ms`));
      });
      const answered = (outcome: Outcome<T>): void => {
        cancel();
        this.#standing.add(member);
        if ('refused' in outcome) reject(outcome.refused);
        else resolve(outcome.value);
      };
      const stood = this.#standing.has(member);
      const reset = (carriedOut: 'no' | 'perhaps'): void =>
        host.deliver(() => {
          cancel();
          this.#standing.delete(member);
          if (this.#etcd.members[this.#endpoint] === member) this.#nextEndpoint();
          const why = `${member} reset the connection`;
          reject(carriedOut === 'no' ? new CoordinationRefused(why) : new CoordinationTimeout(why));
        });
      const deliver = (): void => {
        // A node that was stopped ahead of time sends when it gets there: not if it was killed before.
        if (!host.hadSent(sentNs)) return;
        this.#etcd.request(member, kind, perform, (outcome) =>
          this.#network.carry(
            member,
            host.name,
            () => host.deliver(() => answered(outcome)),
            () => reset('perhaps'),
          ),
        );
      };
      this.#network.carryAt(sentNs, host.name, member, {
        needs: stood ? 'way' : 'connection',
        deliver,
        // On a connection that stood, nobody can tell whether the request came before the reset.
        reset: () => reset(stood ? 'perhaps' : 'no'),
      });
    });
  }

  /** The member in use, or the next that takes connections at all. */
  #liveMember(): string | undefined {
    for (let tries = 0; tries < this.#etcd.members.length; tries++) {
      const member = this.#etcd.members[this.#endpoint] as string;
      if (this.#takesConnections(member)) return member;
      this.#standing.delete(member);
      this.#nextEndpoint();
    }
    return undefined;
  }

  #takesConnections(member: string): boolean {
    return this.#etcd.state(member) !== 'dead' && !this.#network.resets(this.#host.name, member);
  }

  #nextEndpoint(): void {
    this.#endpoint = (this.#endpoint + 1) % this.#etcd.members.length;
  }
}
