/**
 * The reference generator: a 64-bit Snowflake ID whose worker ID is leased from a linearizable coordinator.
 *
 * Two things keep two holders of one worker ID apart.
 *
 * - The **bound** keeps `unique` and `increasing-across-lives`. Time is reserved ahead in the key `b/<worker ID>`, which
 *   only the present owner can raise and nobody can lower. A holder mints only above the bound that it found when it
 *   acquired (its floor) and below the bound that it had confirmed (its limit). So the times of two tenures never meet,
 *   whatever clocks and leases do.
 * - The **fence** keeps `owns-worker-id`. No ID is minted after (sending of the last accepted keep-alive + granted TTL -
 *   margin) on the node's own monotonic clock.
 *
 * The price of the bound: a clock that ran ahead darkens its worker ID for its lead and the window. So a clock that is
 * much ahead is not believed: of what the node's monotonic clock has it be by now, or, when the process begins, of what
 * the nodes that own worker IDs have reserved. Its time is neither minted nor reserved. This takes nothing from the two
 * above: it only ever forbids a mint or an extension that they would allow, so that whatever is minted still lies between
 * a floor and a confirmed limit, and before a fence. What it may cost is that a worker ID stays dark.
 */
import type {
  Coordination,
  Generator,
  GeneratorEnv,
  Grant,
  Holding,
  KeyValue,
  Minter,
  TxnResult,
} from '../harness/core/generator.ts';
import type { Promise_ } from '../harness/core/guarantee.ts';
import { boundKey, decodeBound, encodeBound, ownerKey } from './snowflake/keys.ts';
import { compose, END_MS, isOutOfRange, LAYOUT, SEQUENCE_MAX } from './snowflake/layout.ts';
import type { Settings } from './snowflake/settings.ts';
import { refusesOptions, settingsOf } from './snowflake/settings.ts';

export { boundKey, encodeBound, ownerKey } from './snowflake/keys.ts';
export { compose, END_MS, isOutOfRange, LAYOUT, SEQUENCE_MAX } from './snowflake/layout.ts';
export { integerWithin, refusesOptions, settingsOf } from './snowflake/settings.ts';
export type { Settings } from './snowflake/settings.ts';

/** How far ahead time is reserved: the limit after an extension is the clock plus this. */
export const WINDOW_MS = 3000;
/** Time from one extension of the bound to the next. */
export const EXTEND_EVERY_MS = 500;
/** Least time between two extensions that mints ask for. */
const EXTEND_PAUSE_NS = 20_000_000n;
/** What the fence stays clear of the end of the lease, for the granularity of the coordinator's own timers. */
const MARGIN_MS = 200;
/** Deadline of each request to the coordinator: well below the TTL, so that a keep-alive can be repeated. */
export const ATTEMPT_MS = 400;
/** Pause after a request that failed. */
const RETRY_MS = 50;
/** How often a node without a worker ID looks for a free one. */
const POLL_MS = 250;
/** The longest that an ID waits for the clock. */
export const WAIT_MAX_MS = 5;
const NS_PER_MS = 1_000_000;

export const PROMISES = [
  { guarantee: 'unique', assuming: ['coordinator never rolls back'] },
  { guarantee: 'increasing-per-node' },
  { guarantee: 'increasing-across-lives', scope: 'worker-id', assuming: ['coordinator never rolls back'] },
  { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] },
  // The clock is read inside the call; a tick begins up to one millisecond before the reading.
  { guarantee: 'time-honest', pastMs: 1, futureMs: 0 },
  { guarantee: 'well-formed' },
  { guarantee: 'fails-closed' },
  { guarantee: 'faithful-encoding' },
  // With the default TTL: a lease that a lost holder left (5 s, and 0.5 s until the coordinator notices), a poll
  // (0.3 s), requests to members that are still electing (1.5 s). The window (3 s) runs beside the lease. A clock that
  // ran ahead until the last heal adds its lead to it; scenarios leave a slot room for that.
  { guarantee: 'recovers', withinMs: 8000 },
] as const satisfies readonly Promise_[];

/** Why a call of `mint` was refused. */
export type Reason =
  /** The node holds no worker ID. */
  | 'waiting'
  /** It may hold one, but its fence has fallen. */
  | 'lease over'
  /** Its clock has not passed the bound that an earlier holder left. */
  | 'floor'
  /** Its clock has reached the time that it reserved, and more is not reserved yet. */
  | 'bound'
  /** Its clock is more than 5 ms behind the last ID. */
  | 'clock behind'
  /** All IDs of this millisecond are minted, and the clock does not move on. */
  | 'tick full'
  /** Its clock is further ahead of where it should be than an option allows. */
  | 'clock-ahead'
  /** Its clock shows a time that does not fit into an ID. */
  | 'clock out of range'
  /** The node is being closed. */
  | 'closing';

/** One ownership of a worker ID, from the transaction that acquired it. Answers change only the tenure that asked. */
export interface Tenure {
  readonly workerId: number;
  readonly lease: string;
  readonly ttlMs: number;
  /** The value of the owner key: nobody else ever writes it. */
  readonly nonce: string;
  readonly createRevision: string;
  /** IDs must be later than this: the bound that was found when acquiring. */
  readonly floorMs: number;
  /** IDs must be earlier than this: the highest bound that is confirmed. */
  limitMs: number;
  /** No minting at or after this, on the monotonic clock. */
  fenceNs: bigint;
  lost: boolean;
  /** False until it is known in what time it may mint: before that nobody is told that the node holds a worker ID. */
  settled: boolean;
  extending: boolean;
  extensionAskedNs: bigint;
}

/** What `nextSequence` answers when only a later clock reading can give an ID. */
export const WAIT = -1;

/**
 * One node of the generator. Its protected steps are what a broken variant replaces, one at a time.
 */
export class SnowflakeMinter implements Minter {
  protected readonly env: GeneratorEnv;
  protected readonly settings: Settings;
  protected tenure: Tenure | undefined;
  /** Of the last ID. They belong to the process and outlive tenures. */
  protected lastMs = -1;
  protected lastSequence = 0;
  protected lastWorkerId = -1;
  /** How far the wall clock was ahead of the monotonic one, at the most, when it was believed; undefined: not yet. */
  #leadMs: number | undefined;
  /** What the wall clock should have shown when it was last compared; by now, later. */
  #shouldBeMs = -Infinity;
  #overflowWaits = 0;
  /** Why it does not even ask for a worker ID. */
  #keptOut: Reason | undefined;

  constructor(env: GeneratorEnv) {
    this.env = env;
    this.settings = settingsOf(env.options);
  }

  mint(into: BigUint64Array, count: number): number | Promise<number> {
    const tenure = this.tenure;
    if (tenure?.settled !== true) throw this.env.refusal(this.#keptOut ?? ('waiting' satisfies Reason));
    return this.#fill(tenure, into, 0, count);
  }

  holding(): Holding | undefined {
    const tenure = this.tenure;
    if (tenure?.settled !== true) return undefined;
    const { workerId, lease, createRevision, fenceNs, limitMs } = tenure;
    return { workerId, lease: { id: lease, createRevision, fenceNs, limitMs } };
  }

  overflowWaits(): number | undefined {
    return this.#overflowWaits;
  }

  async close(): Promise<void> {
    const tenure = this.tenure;
    if (tenure === undefined) return;
    this.drop(tenure);
    await this.revoke(tenure.lease);
  }

  /** Acquires worker IDs and keeps them, one after the other, until the node closes. */
  async run(): Promise<void> {
    try {
      while (!this.env.signal.aborted) {
        const tenure = await this.acquire();
        if (tenure === undefined) continue;
        this.hold(tenure);
        await this.serve(tenure);
        await this.revoke(tenure.lease);
      }
    } catch (error) {
      if (!this.env.signal.aborted) throw error;
      await this.close(); // an acquisition that was under way may have come through
    }
  }

  // ---- minting: nothing waits between the reading of the clock and the storing of the ID ----

  /** Synchronous for as long as the clock allows it. */
  #fill(tenure: Tenure, into: BigUint64Array, from: number, count: number): number | Promise<number> {
    for (let filled = from; filled < count; filled++) {
      const next = this.nextId(tenure);
      if (next === WAIT) return this.#fillWaiting(tenure, into, filled, count);
      if (typeof next === 'string') return this.#end(filled, next);
      into[filled] = next;
    }
    return count;
  }

  /** Waits until the clock gives the next ID, then goes on as before; ends the batch when that takes too long. */
  async #fillWaiting(tenure: Tenure, into: BigUint64Array, filled: number, count: number): Promise<number> {
    const patience = this.env.monotonicNs() + BigInt(WAIT_MAX_MS * NS_PER_MS);
    if (this.lastSequence === SEQUENCE_MAX && this.env.wallMs() >= this.lastMs) this.#overflowWaits++;
    for (;;) {
      const behindMs = this.lastMs - this.env.wallMs();
      const why: Reason = behindMs > 0 ? 'clock behind' : 'tick full';
      if (behindMs > WAIT_MAX_MS || this.env.monotonicNs() >= patience) return this.#end(filled, why);
      try {
        await this.env.sleep(Math.max(1, behindMs));
      } catch {
        return this.#end(filled, 'closing');
      }
      const next = this.nextId(tenure);
      if (next === WAIT) continue;
      if (typeof next === 'string') return this.#end(filled, next);
      into[filled] = next;
      return this.#fill(tenure, into, filled + 1, count);
    }
  }

  /** One ID, or why there is none. */
  protected nextId(tenure: Tenure): bigint | Reason | typeof WAIT {
    if (this.tenure !== tenure) return this.tenure === undefined ? 'waiting' : 'lease over';
    const now = this.readClock(tenure);
    if (typeof now === 'string') return now;
    const sequence = this.nextSequence(now, tenure.workerId);
    if (sequence === WAIT) return WAIT;
    this.lastMs = now;
    this.lastSequence = sequence;
    this.lastWorkerId = tenure.workerId;
    return this.compose(now, tenure.workerId, sequence);
  }

  protected compose(unixMs: number, workerId: number, sequence: number): bigint {
    return compose(unixMs, workerId, sequence);
  }

  /** A batch that has IDs ends with them; one that has none is refused. */
  #end(filled: number, reason: Reason): number {
    if (filled > 0) return filled;
    throw this.env.refusal(reason);
  }

  /** The wall clock, if that very reading may go into an ID. Everything is checked after the clock is read. */
  protected readClock(tenure: Tenure): number | Reason {
    const now = this.env.wallMs();
    return this.forbids(tenure, now) ?? now;
  }

  /** Why no ID may be minted with this reading of the clock. */
  protected forbids(tenure: Tenure, now: number): Reason | undefined {
    if (this.leaseIsOver(tenure)) return 'lease over';
    if (isOutOfRange(now)) return 'clock out of range';
    if (this.isAhead(now)) return 'clock-ahead';
    return this.outsideBound(tenure, now);
  }

  protected leaseIsOver(tenure: Tenure): boolean {
    return this.env.monotonicNs() >= tenure.fenceNs;
  }

  protected outsideBound(tenure: Tenure, now: number): Reason | undefined {
    if (now <= tenure.floorMs) return 'floor';
    if (now < tenure.limitMs) return undefined;
    this.#askForExtension(tenure);
    return 'bound';
  }

  /**
   * Whether the wall clock, of which this is a reading, is too far ahead of where the monotonic clock has it be. Time that
   * was believed stays believed: a clock that went back may return.
   */
  protected isAhead(now: number): boolean {
    const { aheadMaxMs } = this.settings;
    // It should be later by now than it should have been: most readings need no second clock.
    if (now <= this.#shouldBeMs + aheadMaxMs) return false;
    if (this.#leadMs === undefined) return true;
    this.#shouldBeMs = this.#leadMs + this.#monotonicMs();
    return now > this.#shouldBeMs + aheadMaxMs;
  }

  /** From now on the wall clock should be where it is, or where it should have been before, whichever is later. */
  protected believe(now: number): void {
    const monotonicMs = this.#monotonicMs();
    this.#leadMs = Math.max(this.#leadMs ?? -Infinity, now - monotonicMs);
    this.#shouldBeMs = this.#leadMs + monotonicMs;
  }

  #monotonicMs(): number {
    return Number(this.env.monotonicNs()) / NS_PER_MS;
  }

  /** The sequence number within the millisecond, or WAIT when this reading of the clock cannot give an ID. */
  protected nextSequence(now: number, workerId: number): number {
    if (now > this.lastMs) return 0;
    if (now < this.lastMs || workerId !== this.lastWorkerId || this.lastSequence === SEQUENCE_MAX) return WAIT;
    return this.lastSequence + 1;
  }

  // ---- the worker ID: acquired by a transaction, kept by a lease ----

  /** One attempt to acquire a worker ID; pauses after one that failed. */
  protected async acquire(): Promise<Tenure | undefined> {
    const { env } = this;
    const owners = await this.attempt((coordination) => coordination.range('o/', ATTEMPT_MS));
    if (owners === undefined) return this.pause(RETRY_MS);
    const free = freeWorkerIds(owners, this.settings);
    if (free.length === 0) return this.pause(POLL_MS * (0.8 + 0.4 * env.random()));
    const workerId = this.choose(free);
    this.#keptOut = (await this.trustClock(owners)) ? undefined : 'clock-ahead';
    if (this.#keptOut !== undefined) return this.pause(POLL_MS);

    const tenure = await this.take(workerId);
    return tenure ?? this.pause(RETRY_MS * (0.5 + env.random()));
  }

  /**
   * Whether the wall clock may be believed, and if so, believes it. One that is ahead of where it should be, or of which
   * nothing is known yet, is held against the bounds of the worker IDs that others own: each owner raises its own twice a
   * second, so the highest is where at least one other clock is. A process that begins alone has nobody to ask, and
   * believes its clock; one that knew better before does not.
   */
  protected async trustClock(owners: readonly KeyValue[]): Promise<boolean> {
    const now = this.env.wallMs();
    // Out of range it is refused as such, and nothing can be learnt from it.
    if (isOutOfRange(now) || !this.isAhead(now)) return true;
    const bounds = await this.attempt((coordination) => coordination.range('b/', ATTEMPT_MS));
    if (bounds === undefined) return false;
    const own = this.tenure === undefined ? undefined : boundKey(this.tenure.workerId);
    const owned = new Set(owners.map(({ key }) => `b/${key.slice('o/'.length)}`));
    const others = bounds.filter(({ key }) => owned.has(key) && key !== own);
    const highest = Math.max(0, ...others.map(decodeBound));
    const agreed = highest === 0 ? this.#leadMs === undefined : now <= highest + this.settings.aheadMaxMs;
    if (agreed) this.believe(now);
    else this.env.log(`its clock shows ${now}, and others have reserved time up to ${highest} only`);
    return agreed;
  }

  /** One of the worker IDs that are free, by chance: nodes that look at the same time should not all want the same. */
  protected choose(free: readonly number[]): number {
    return free[Math.floor(this.env.random() * free.length)] as number;
  }

  /** Takes this worker ID if nobody owns it, under a lease of its own. */
  protected async take(workerId: number): Promise<Tenure | undefined> {
    const { env } = this;
    const [owner, bound] = [ownerKey(workerId), boundKey(workerId)];
    // The bound must exist: a comparison of its value fails while it does not.
    const prepared = await this.attempt((coordination) =>
      coordination.txn(
        [{ key: bound, target: 'create', op: '=', revision: '0' }],
        [{ put: bound, value: encodeBound(0) }],
        [],
        ATTEMPT_MS,
      ),
    );
    if (prepared === undefined) return undefined;

    const sentNs = env.monotonicNs();
    const grant = await this.grant();
    if (grant === undefined) return undefined;
    const nonce = `${env.host.name}.${env.host.incarnation}.${grant.id}`;
    const acquired = await this.attempt((coordination) =>
      coordination.txn(
        [{ key: owner, target: 'create', op: '=', revision: '0' }],
        [{ put: owner, value: nonce, lease: grant.id }, { get: bound }],
        [],
        ATTEMPT_MS,
      ),
    );
    if (acquired === undefined || !acquired.succeeded) {
      // Also when the outcome is not known: this lease is never used again, so that an owner key that it may hold dies.
      await this.revoke(grant.id);
      return undefined;
    }
    const floorMs = decodeBound(acquired.got[1]);
    return {
      workerId,
      lease: grant.id,
      ttlMs: grant.ttlMs,
      nonce,
      createRevision: acquired.revision,
      floorMs,
      limitMs: floorMs,
      fenceNs: fenceAfter(sentNs, grant.ttlMs),
      lost: false,
      settled: true,
      extending: false,
      extensionAskedNs: 0n,
    };
  }

  /** A lease of its own for each attempt to acquire. */
  protected grant(): Promise<Grant | undefined> {
    return this.attempt((coordination) => coordination.grant(this.settings.ttlMs, ATTEMPT_MS));
  }

  /** Keeps what a tenure rests on; resolves when it is lost. */
  protected async serve(tenure: Tenure): Promise<void> {
    await Promise.race([this.keepLease(tenure), this.keepBound(tenure)]);
  }

  /** Keeps the lease alive; resolves when the tenure is lost. */
  protected async keepLease(tenure: Tenure): Promise<void> {
    while (!tenure.lost) {
      await this.env.sleep(this.settings.heartbeatMs ?? tenure.ttlMs / 4);
      while (!tenure.lost && !(await this.keepAliveOnce(tenure))) await this.env.sleep(RETRY_MS);
    }
  }

  /** One keep-alive; false when the coordinator gave no answer, which changes nothing. */
  protected async keepAliveOnce(tenure: Tenure): Promise<boolean> {
    const sentNs = this.env.monotonicNs();
    const ttlMs = await this.attempt((coordination) => coordination.keepAlive(tenure.lease, ATTEMPT_MS));
    if (ttlMs === undefined) return false;
    if (ttlMs === 0) {
      this.drop(tenure);
      return true;
    }
    // The fence may have fallen meanwhile: an accepted keep-alive proves that the lease never ended, and revives it.
    const fenceNs = fenceAfter(sentNs, ttlMs);
    if (fenceNs > tenure.fenceNs) tenure.fenceNs = fenceNs;
    return true;
  }

  protected hold(tenure: Tenure): void {
    this.tenure = tenure;
    this.env.log(`holds worker ID ${tenure.workerId} by lease ${tenure.lease}, floor ${tenure.floorMs}`);
  }

  /** The tenure is over: not one more ID under it. */
  protected drop(tenure: Tenure): void {
    tenure.lost = true;
    if (this.tenure !== tenure) return;
    this.tenure = undefined;
    this.env.log(`lost worker ID ${tenure.workerId}`);
  }

  // ---- the bound: time reserved ahead, never on hope ----

  /** Extends the bound again and again; resolves when the tenure is lost. */
  protected async keepBound(tenure: Tenure): Promise<void> {
    tenure.settled = false;
    while (!tenure.lost) {
      const answered = await this.extend(tenure);
      if (answered) tenure.settled = true;
      if (!tenure.lost) await this.env.sleep(answered ? EXTEND_EVERY_MS : RETRY_MS);
    }
  }

  /** A mint has met the limit: extends at once, unless that is under way or was tried just now. */
  #askForExtension(tenure: Tenure): void {
    const now = this.env.monotonicNs();
    if (now - tenure.extensionAskedNs < EXTEND_PAUSE_NS) return;
    tenure.extensionAskedNs = now;
    void this.extend(tenure);
  }

  /** Reserves time up to the clock plus the window; false when the coordinator gave no answer, which changes nothing. */
  protected async extend(tenure: Tenure): Promise<boolean> {
    const now = this.env.wallMs();
    // Also this reading: time that is not believed must not get into a bound, which never goes down.
    if (this.isAhead(now)) {
      const owners = await this.attempt((coordination) => coordination.range('o/', ATTEMPT_MS));
      if (owners === undefined) return false;
      tenure.settled = true; // in no time at all
      return this.trustClock(owners);
    }
    if (!isOutOfRange(now)) this.believe(now);
    const to = Math.min(now + WINDOW_MS, END_MS);
    // The limit is never below the floor. The bound never goes down, so that a clock that went back reserves nothing.
    if (tenure.extending || to <= tenure.limitMs) return true;
    tenure.extending = true;
    const answer = await this.attempt((coordination) => this.raiseBound(coordination, tenure, to));
    tenure.extending = false;
    if (answer === undefined) return false;
    tenure.settled = true;
    const [owner, bound] = answer.got;
    if (answer.succeeded) tenure.limitMs = Math.max(tenure.limitMs, to);
    else if (isOwnedBy(tenure, owner)) tenure.limitMs = Math.max(tenure.limitMs, decodeBound(bound));
    else this.drop(tenure);
    return true;
  }

  /** Raises the bound if the worker ID is still this tenure's; otherwise tells what is there instead. */
  protected raiseBound(coordination: Coordination, tenure: Tenure, to: number): Promise<TxnResult> {
    const [owner, bound] = [ownerKey(tenure.workerId), boundKey(tenure.workerId)];
    return coordination.txn(
      [
        { key: owner, target: 'create', op: '=', revision: tenure.createRevision },
        { key: owner, target: 'value', op: '=', value: tenure.nonce },
        { key: bound, target: 'value', op: '<', value: encodeBound(to) },
      ],
      [{ put: bound, value: encodeBound(to) }],
      [{ get: owner }, { get: bound }],
      ATTEMPT_MS,
    );
  }

  // ---- the coordinator ----

  /** Asks the coordinator; undefined when it refused or gave no answer. Anything else that is thrown is a defect. */
  protected async attempt<Answer>(ask: (coordination: Coordination) => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask(this.env.coordination);
    } catch (error) {
      if (error instanceof Error && COORDINATION_ERRORS.has(error.name)) return undefined;
      throw error;
    }
  }

  /** Best effort: a lease that cannot be revoked runs out. */
  protected async revoke(lease: string): Promise<void> {
    await this.attempt((coordination) => coordination.revoke(lease, ATTEMPT_MS));
  }

  protected async pause(ms: number): Promise<undefined> {
    await this.env.sleep(ms);
    return undefined;
  }
}

/** Starts a node; it serves, refusing as `waiting`, before it holds a worker ID. */
export function start(minter: SnowflakeMinter): Minter {
  void minter.run();
  return minter;
}

export default {
  name: 'snowflake',
  summary: '41/10/12 Snowflake on a leased worker ID, with a fence and a bound.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new SnowflakeMinter(env)) },
} satisfies Generator;

const COORDINATION_ERRORS: ReadonlySet<string> = new Set(['CoordinationTimeout', 'CoordinationRefused']);

function isOwnedBy(tenure: Tenure, owner: KeyValue | undefined): boolean {
  return owner?.createRevision === tenure.createRevision && owner.value === tenure.nonce;
}

function freeWorkerIds(owners: readonly KeyValue[], { firstWorkerId, pool }: Settings): number[] {
  const taken = new Set(owners.map((owner) => owner.key));
  return Array.from({ length: pool }, (_, index) => firstWorkerId + index).filter(
    (workerId) => !taken.has(ownerKey(workerId)),
  );
}

/** When a tenure must stop whose lease was last asked for at `sentNs`. */
export function fenceAfter(sentNs: bigint, ttlMs: number): bigint {
  return sentNs + BigInt((ttlMs - MARGIN_MS) * NS_PER_MS);
}
