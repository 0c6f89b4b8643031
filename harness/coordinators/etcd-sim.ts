/**
 * A virtual etcd cluster: members that are killed, stopped and cut off from one another, a leader, a majority. It is
 * linearizable, keeps every acknowledged write until an older snapshot is restored, and never ends a lease early unless
 * it is told to. Times of outages are those measured of etcd 3.4 with an election timeout of 500 ms.
 */
import type { MemberStatus, OwnerEvent } from '../core/cluster.ts';
import type { Rng } from '../core/random.ts';
import type { Rollback } from '../core/rollback.ts';
import type { Cancel, RunNs } from '../core/time.ts';
import { msToNs } from '../core/time.ts';
import { EtcdSimStore } from './etcd-sim-store.ts';
import type { EtcdSimSnapshot, EtcdTime } from './etcd-sim-store.ts';
import type { MemberState, Outcome, RequestKind, VirtualServers } from './virtual-servers.ts';

export interface EtcdWorld {
  readonly time: EtcdTime;
  readonly rng: Rng;
  /** Whether packets pass between two members. */
  connected(one: string, other: string): boolean;
  /**
   * Breaks its word as real etcds do now and then: a leader that was stopped revokes, when it goes on, the leases that
   * ran out by its own book, although they were kept alive with its successor (etcd issues 12528 and 15247).
   */
  readonly revokesEarly?: boolean;
}

/** Until a new leader serves after the old one is lost, and after a lost majority is back. */
const ELECTION_MS = { min: 800, max: 1800 };
const QUORUM_BACK_MS = { min: 600, max: 1700 };
/** A leader that hears of no majority for an election timeout steps down. */
const STEP_DOWN_MS = 500;
/** How soon a leader that goes on revokes what ran out by its book: 10–60 ms as measured of etcd 3.4.23 and 3.7.3. */
const EARLY_REVOKE_MS = { min: 10, max: 60 };
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

export class EtcdSim implements VirtualServers<EtcdSimStore> {
  readonly members: readonly string[];
  readonly #world: EtcdWorld;
  readonly #store: EtcdSimStore;
  readonly #states: Map<string, MemberState>;
  readonly #owners: OwnerEvent[] = [];
  readonly #watchers: ((event: OwnerEvent) => void)[] = [];
  readonly #onRollback: ((rollback: Rollback) => void)[] = [];
  /** By a leader that is stopped: when leases run out, as it knew it. */
  readonly #books = new Map<string, ReadonlyMap<string, RunNs>>();
  #leader: string | undefined;
  #slowMs = 0;
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
    const before = this.state(member);
    if (state === 'paused' && this.#leader === member) this.#books.set(member, this.#store.expiries());
    this.#states.set(member, state);
    const book = this.#books.get(member);
    if (state !== 'paused') this.#books.delete(member);
    if (this.#world.revokesEarly === true && before === 'paused' && state === 'running' && book !== undefined)
      this.#revokeLate(member, book);
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
  request<T>(
    member: string,
    kind: RequestKind,
    perform: (store: EtcdSimStore) => T,
    answer: (outcome: Outcome<T>) => void,
  ): void {
    const { time } = this.#world;
    const since = time.now();
    const carryOut = (): void => {
      let outcome: Outcome<T>;
      try {
        outcome = { value: perform(this.#store) };
      } catch (error) {
        outcome = { refused: error as Error };
      }
      answer(outcome);
    };
    this.#arrive(member, since, () => {
      if (kind === 'read' || this.#slowMs === 0) carryOut();
      else time.schedule(time.now() + msToNs(this.#slowMs), () => this.#arrive(member, since, carryOut));
    });
  }

  /** Every change of an owner key from the first revision on, as it happens; past ones at once. */
  watchOwners(onEvent: (event: OwnerEvent) => void): void {
    for (const event of this.#owners) onEvent({ ...event, at: this.#world.time.now() });
    this.#watchers.push(onEvent);
  }

  /** From the first revision on; past ones are not told. */
  watchRollbacks(onRollback: (rollback: Rollback) => void): void {
    this.#onRollback.push(onRollback);
  }

  snapshot(): EtcdSimSnapshot {
    return this.#store.snapshot();
  }

  /** Every member is dead, and starts with the data of the snapshot. */
  restore(snapshot: EtcdSimSnapshot): void {
    for (const member of this.members) this.setState(member, 'dead');
    const at = this.#world.time.now();
    const { takenAt: since, revision } = snapshot;
    const rollback = { from: at, at, since, before: this.#store.revision, revision: String(revision) };
    for (const tell of this.#onRollback) tell(rollback);
    this.#store.restore(snapshot);
  }

  /** What is written takes this much longer: the disk of every member is slow. */
  slowDisks(byMs: number): void {
    this.#slowMs = byMs;
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

  /** A leader that was stopped goes on by its own book, unless it leads still. */
  #revokeLate(member: string, book: ReadonlyMap<string, RunNs>): void {
    const { time, rng } = this.#world;
    if (this.#leader === member) return;
    time.schedule(time.now() + msToNs(rng.real(EARLY_REVOKE_MS.min, EARLY_REVOKE_MS.max)), () => {
      for (const [lease, expiresAt] of book)
        if (expiresAt <= time.now())
          this.request(
            member,
            'write',
            (store) => store.revoke(lease),
            () => undefined,
          );
    });
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
