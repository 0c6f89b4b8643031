/**
 * How a simulated node reaches the virtual servers of its coordinator: over the virtual network, with deadlines on the
 * node's own monotonic clock. A request that got no answer may have been carried out, or may be yet.
 */
import type { Cancel, RunNs } from '../../core/time.ts';
import { CoordinationRefused, CoordinationTimeout } from '../../coordinators/coordination-errors.ts';
import type { Outcome, RequestKind, VirtualServers } from '../../coordinators/virtual-servers.ts';
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

export class Requester<Store> {
  readonly #host: ClientHost;
  readonly #servers: VirtualServers<Store>;
  readonly #network: Network;
  /** It stays with a member that answers. */
  #endpoint: number;
  /** The members with which a connection stands. */
  readonly #standing = new Set<string>();

  constructor(host: ClientHost, servers: VirtualServers<Store>, network: Network, firstEndpoint: number) {
    this.#host = host;
    this.#servers = servers;
    this.#network = network;
    this.#endpoint = firstEndpoint;
  }

  /** Rejects as `Coordination` says. */
  call<T>(kind: RequestKind, perform: (store: Store) => T, deadlineMs: number): Promise<T> {
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
        if (this.#servers.members[this.#endpoint] === member) this.#nextEndpoint();
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
          if (this.#servers.members[this.#endpoint] === member) this.#nextEndpoint();
          const why = `${member} reset the connection`;
          reject(carriedOut === 'no' ? new CoordinationRefused(why) : new CoordinationTimeout(why));
        });
      const deliver = (): void => {
        // A node that was stopped ahead of time sends when it gets there: not if it was killed before.
        if (!host.hadSent(sentNs)) return;
        this.#servers.request(member, kind, perform, (outcome) =>
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
    for (let tries = 0; tries < this.#servers.members.length; tries++) {
      const member = this.#servers.members[this.#endpoint] as string;
      if (this.#takesConnections(member)) return member;
      this.#standing.delete(member);
      this.#nextEndpoint();
    }
    return undefined;
  }

  #takesConnections(member: string): boolean {
    return this.#servers.state(member) !== 'dead' && !this.#network.resets(this.#host.name, member);
  }

  #nextEndpoint(): void {
    this.#endpoint = (this.#endpoint + 1) % this.#servers.members.length;
  }
}
