/**
 * A virtual etcd cluster: members that are killed, stopped and cut off from one another, a leader, a majority. It is
 * linearizable, keeps every acknowledged write, and never ends a lease early. Times of outages are those measured of
 * etcd 3.4 with an election timeout of 500 ms.
 */
import type { MemberStatus, OwnerEvent } from '../core/cluster.ts';
import type { Rng } from '../core/random.ts';
import type { Cancel, RunNs } from '../core/time.ts';
import { msToNs } from '../core/time.ts';
import { EtcdSimStore } from './etcd-sim-store.ts';
import type { EtcdTime } from './etcd-sim-store.ts';

export interface EtcdWorld {
  readonly time: EtcdTime;
  readonly rng: Rng;
  /** Whether packets pass between two members. */
  connected(one: string, other: string): boolean;
}

export type MemberState = 'running' | 'paused' | 'dead';

/** What became of a request that was carried out. */
export type Outcome<T> = { readonly value: T } | { readonly refused: Error };

/** Until a new leader serves after the old one is lost, and after a lost majority is back. */
const ELECTION_MS = { min: 800, max: 1800 };
const QUORUM_BACK_MS = { min: 600, max: 1700 };
/** A leader that hears of no majority for an election timeout steps down. */
const STEP_DOWN_MS = 500;
/** Share of requests that an outage destroys; the others wait for its end. */
const LOST_IN_OUTAGE = 0.3;
const BACKLOG_MS = { min: 0.5, max: 30 };
/** etcd gives up on a request after 5 s and two election timeouts. */
const REQUEST_MAX_NS = msToNs(6000);

interface Waiting {
  readonly member: string;
  readonly since: RunNs;
  readonly retry: () => void;
}

export class EtcdSim {
  readonly members: readonly string[];
  readonly #world: EtcdWorld;
  readonly #store: EtcdSimStore;
  readonly #states: Map<string, MemberState>;
  readonly #owners: OwnerEvent[] = [];
  readonly #watchers: ((event: OwnerEvent) => void)[] = [];
  #leader: string | undefined;
  #election: Cancel | undefined;
  #stepDown: Cancel | undefined;
  #quorumWasLost = false;
  #waiting: Waiting[] = [];

  constructor(members: readonly string[], world: EtcdWorld) {
    this.members = members;
    this.#world = world;
    this.#store = new EtcdSimStore(world.time, world.rng, (event) => this.#tell(event));
    this.#states = new Map(members.map((member) => [member, 'running']));
    this.#leader = world.rng.pick(members);
  }

  state(member: string): MemberState {
    return this.#states.get(member) ?? 'dead';
  }

  setState(member: string, state: MemberState): void {
    this.#states.set(member, state);
    if (state === 'dead') this.#waiting = this.#waiting.filter((waiting) => waiting.member !== member);
    this.reconsider();
  }

  status(member: string): MemberStatus {
    return { leader: this.#leader === member && this.#serves(member), serving: this.#serves(member) };
  }

  /**
   * A request that has reached a member. `answer` is called when the member answers, perhaps long after, perhaps never;
   * a request whose client gave up on it may still be carried out.
   */
  request<T>(member: string, perform: (store: EtcdSimStore) => T, answer: (outcome: Outcome<T>) => void): void {
    this.#arrive(member, this.#world.time.now(), () => {
      let outcome: Outcome<T>;
      try {
        outcome = { value: perform(this.#store) };
      } catch (error) {
        outcome = { refused: error as Error };
      }
      answer(outcome);
    });
  }

  /** Every change of an owner key from the first revision on, as it happens; past ones at once. */
  watchOwners(onEvent: (event: OwnerEvent) => void): void {
    for (const event of this.#owners) onEvent({ ...event, at: this.#world.time.now() });
    this.#watchers.push(onEvent);
  }

  /** To be called when the network between members changed: who leads may have to change. */
  reconsider(): void {
    if (this.#leader !== undefined && this.#leads(this.#leader)) {
      this.#cancelTimers();
      this.#quorumWasLost = false;
      this.#store.proceed('same');
      this.#release();
      return;
    }
    this.#store.halt();
    // A stopped leader may come back as what it was; a dead one has forgotten, and one that runs alone steps down.
    if (this.#leader !== undefined && this.state(this.#leader) === 'dead') this.#leader = undefined;
    if (this.#leader !== undefined && this.state(this.#leader) === 'running') this.#stepDown ??= this.#stepDownLater();
    if (this.#electable().length === 0) {
      this.#quorumWasLost = true;
      this.#election?.();
      this.#election = undefined;
    } else this.#election ??= this.#elect(this.#quorumWasLost ? QUORUM_BACK_MS : ELECTION_MS);
  }

  #stepDownLater(): Cancel {
    const { time } = this.#world;
    return time.schedule(time.now() + msToNs(STEP_DOWN_MS), () => {
      this.#stepDown = undefined;
      if (this.#leader === undefined || this.state(this.#leader) !== 'running' || this.#leads(this.#leader)) return;
      this.#leader = undefined;
      this.reconsider();
    });
  }

  #cancelTimers(): void {
    this.#election?.();
    this.#election = undefined;
    this.#stepDown?.();
    this.#stepDown = undefined;
  }

  #elect({ min, max }: { readonly min: number; readonly max: number }): Cancel {
    const { time, rng } = this.#world;
    return time.schedule(time.now() + msToNs(rng.real(min, max)), () => {
      this.#election = undefined;
      this.#quorumWasLost = false;
      this.#leader = rng.pick(this.#electable());
      this.#store.proceed('new');
      this.#release();
    });
  }

  #arrive(member: string, since: RunNs, carryOut: () => void): void {
    if (this.state(member) === 'dead') return;
    if (this.#serves(member)) carryOut();
    else if (!this.#world.rng.chance(LOST_IN_OUTAGE))
      this.#waiting.push({ member, since, retry: () => this.#arrive(member, since, carryOut) });
  }

  #release(): void {
    const { time, rng } = this.#world;
    const ready = this.#waiting.filter(({ member }) => this.#serves(member));
    this.#waiting = this.#waiting.filter(({ member }) => !this.#serves(member));
    for (const { since, retry } of ready)
      if (time.now() - since <= REQUEST_MAX_NS)
        time.schedule(time.now() + msToNs(rng.real(BACKLOG_MS.min, BACKLOG_MS.max)), retry);
  }

  #serves(member: string): boolean {
    const leader = this.#leader;
    if (leader === undefined || this.#election !== undefined || !this.#leads(leader)) return false;
    return this.state(member) === 'running' && this.#linked(member, leader);
  }

  /** Runs, and reaches a majority that runs. */
  #leads(member: string): boolean {
    if (this.state(member) !== 'running') return false;
    const followers = this.members.filter((other) => this.state(other) === 'running' && this.#linked(member, other));
    return 2 * followers.length > this.members.length;
  }

  #electable(): readonly string[] {
    return this.members.filter((member) => this.#leads(member));
  }

  #linked(one: string, other: string): boolean {
    return one === other || this.#world.connected(one, other);
  }

  #tell(event: OwnerEvent): void {
    this.#owners.push(event);
    for (const watcher of this.#watchers) watcher(event);
  }
}
