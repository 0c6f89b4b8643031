/**
 * A virtual PostgreSQL: one server that is killed, stopped and slowed. What it committed it keeps; an answer may be lost
 * with the server after the commit; a statement that came while it stood still is carried out when it goes on, whether or
 * not its client still waits. Its times are those of PostgreSQL 15 on a loaded machine.
 */
import type { MemberStatus } from '../core/cluster.ts';
import type { Rng } from '../core/random.ts';
import type { Range } from '../core/ranges.ts';
import type { Cancel, RunNs } from '../core/time.ts';
import { msToNs } from '../core/time.ts';
import { CoordinationRefused } from './coordination-errors.ts';
import type { MemberState, Outcome, RequestKind, VirtualServers } from './virtual-servers.ts';

/** The table of ranges: what statements see. */
export class PostgresSimStore {
  readonly #highest = new Map<string, bigint>();

  next(key: string, step: number): Range {
    const before = this.highest(key);
    const to = before + BigInt(step);
    this.setHighest(key, to);
    return { from: before + 1n, to };
  }

  highest(key: string): bigint {
    return this.#highest.get(key) ?? 0n;
  }

  /** A column of type bigint: what does not fit is refused. */
  setHighest(key: string, to: bigint): void {
    if (BigInt.asIntN(64, to) !== to) throw new CoordinationRefused('bigint out of range');
    this.#highest.set(key, to);
  }
}

export interface PostgresWorld {
  readonly time: { now(): RunNs; schedule(at: RunNs, act: () => void): Cancel };
  readonly rng: Rng;
}

/** From the start of the process until it takes statements: it replays its log. */
const RECOVERY_MS = { min: 300, max: 1500 };
/** Until a statement is committed, and from there until its answer is sent. */
const EXECUTE_MS = { min: 0.1, max: 1 };
const SYNC_MS = { min: 0.2, max: 4 };
const BACKLOG_MS = { min: 0.5, max: 30 };

export class PostgresSim implements VirtualServers<PostgresSimStore> {
  readonly members: readonly string[];
  readonly #world: PostgresWorld;
  readonly #store = new PostgresSimStore();
  #state: MemberState = 'running';
  #recovering: Cancel | undefined;
  /** Counts starts: what belongs to an earlier one is gone. */
  #life = 1;
  /** What has to wait until the process goes on. */
  #held: (() => void)[] = [];
  #slowMs = 0;

  constructor(member: string, world: PostgresWorld) {
    this.members = [member];
    this.#world = world;
  }

  state(): MemberState {
    return this.#state;
  }

  setState(_member: string, state: MemberState): void {
    const before = this.#state;
    this.#state = state;
    if (state === 'dead') {
      this.#life++;
      this.#held = [];
      this.#recovering?.();
      this.#recovering = undefined;
    } else if (before === 'dead') {
      this.#recovering = this.#after(RECOVERY_MS, () => (this.#recovering = undefined));
    } else if (state === 'running') {
      const held = this.#held;
      this.#held = [];
      for (const act of held) this.#step(BACKLOG_MS, act);
    }
  }

  status(): MemberStatus {
    const serving = this.#state === 'running' && this.#recovering === undefined;
    return { leader: serving, serving };
  }

  request<T>(
    _member: string,
    kind: RequestKind,
    perform: (store: PostgresSimStore) => T,
    answer: (outcome: Outcome<T>) => void,
  ): void {
    if (this.#state === 'dead') return;
    if (this.#recovering !== undefined)
      return answer({ refused: new CoordinationRefused('the database system is starting up') });
    this.#step(EXECUTE_MS, () => {
      let outcome: Outcome<T>;
      try {
        outcome = { value: perform(this.#store) };
      } catch (error) {
        outcome = { refused: error as Error };
      }
      this.#step(SYNC_MS, () => answer(outcome), kind === 'write' ? this.#slowMs : 0);
    });
  }

  /** Each write takes this much longer. */
  slowDisks(byMs: number): void {
    this.#slowMs = byMs;
  }

  /** One server has nobody to agree with. */
  reconsider(): void {}

  /** Does it after a while, or when the process goes on; never in another life. */
  #step(span: { readonly min: number; readonly max: number }, act: () => void, moreMs = 0): void {
    const life = this.#life;
    const guarded = (): void => {
      if (this.#life !== life) return;
      if (this.#state === 'paused') this.#held.push(guarded);
      else act();
    };
    this.#after(span, guarded, moreMs);
  }

  #after({ min, max }: { readonly min: number; readonly max: number }, act: () => void, moreMs = 0): Cancel {
    const { time, rng } = this.#world;
    return time.schedule(time.now() + msToNs(rng.real(min, max) + moreMs), act);
  }
}
