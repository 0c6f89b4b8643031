/**
 * One lane of minting inside a simulated node: does what the node shell does around `mint`. At most one call is open;
 * each that left IDs is recorded as a batch before the client is answered.
 */
import type { MintReply, Taking } from '../../core/cluster.ts';
import type { ReceivedIds } from '../../core/received-ids.ts';
import { receivedIds } from '../../core/received-ids.ts';
import type { Holding, Minter } from '../../core/generator.ts';
import type { RunNs } from '../../core/time.ts';
import { messageOf } from '../../core/errors.ts';
import { ARRAY_GONE, returnedNoCount, threwInMint } from '../../core/minter-problem.ts';
import { heldInCall, heldOf, type Held } from '../../core/held.ts';
import { BATCH_FLAG } from '../../core/tap.ts';
import type { Inside } from './guard.ts';
import type { Batch, HistoryBuilder } from './history-builder.ts';

export type Answer = (reply: MintReply) => void;

/** What a lane needs of its node. */
export interface LaneHost {
  readonly nodeIndex: number;
  readonly incarnation: number;
  /** 64-bit words of an ID. */
  readonly perId: 1 | 2;
  readonly history: HistoryBuilder;
  readonly inside: Inside;
  /** The node's own time, which a pause inside a call takes ahead. */
  now(): RunNs;
  wallMs(): number;
  /** The minter's code begins to run for `count` IDs, and has run. */
  onCall(count: number): void;
  onCalled(): void;
  /** Whether the node stands still. */
  stands(): boolean;
  /** Calls back when the node goes on; never when it dies before. */
  whenAwake(act: () => void): void;
  /** The lane can take the next call. */
  onFree(): void;
  /** Code of the generator threw where nobody handles it: that ends a process. */
  onCrash(error: unknown): void;
}

/** An error by which a generator refuses; made by `env.refusal`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export class Lane {
  readonly #host: LaneHost;
  readonly #minter: Minter;
  #buffer = new BigUint64Array(16);
  /** The front of the buffer, with room for the call's `count` IDs. */
  #into = this.#buffer.subarray(0, 0);
  #answer: Answer | undefined;
  #taking: Taking = 'count only';
  readonly #encode: Minter['encode'];
  readonly #batch: Batch;
  /** What was held when the open call began. */
  #held = heldOf(undefined);
  /** The strings that the batch's lease and create revision were read from: they seldom change. */
  #leaseId = '0';
  #revision = '0';
  /** A call of `mint` is running or its outcome is being recorded. */
  open = false;
  /** Code of `mint` runs: clock readings are its own. */
  minting = false;
  /** Why the last call was refused; undefined when it minted. */
  refused: string | undefined;
  /** IDs committed. */
  seq = 0;

  /** `lane`: its number, counted from 0. `encode`: as `Minter.encode`, its own or that of the node's first minter. */
  constructor(host: LaneHost, minter: Minter, lane: number, encode: Minter['encode']) {
    this.#host = host;
    this.#minter = minter;
    this.#encode = encode;
    this.#batch = {
      node: host.nodeIndex,
      incarnation: host.incarnation,
      lane,
      firstSeq: 0,
      flags: 0,
      called: 0,
      returned: 0,
      wallCalledMs: 0,
      wallReturnedMs: 0,
      workerId: -1,
      lease: 0n,
      createRevision: 0n,
    };
  }

  /** The lane must not be open. Answers in place when the minter does and the node was not stopped meanwhile. */
  mint(count: number, answer: Answer, taking: Taking): void {
    const words = count * this.#host.perId;
    if (words > this.#buffer.length) this.#buffer = new BigUint64Array(2 * words);
    if (words !== this.#into.length) this.#into = this.#buffer.subarray(0, words);
    this.#into.fill(0n);
    this.open = true;
    this.#answer = answer;
    this.#taking = taking;
    const batch = this.#batch;
    batch.called = this.#host.now();
    batch.wallCalledMs = this.#host.wallMs();
    batch.flags = 0;
    this.minting = true;
    this.#host.onCall(count);
    let result: unknown;
    try {
      result = this.#host.inside(this.#call, count);
    } catch (error) {
      this.#threw(error);
      return;
    }
    if (result instanceof Promise) result.then(this.#returned, this.#threw);
    else this.#returned(result);
  }

  /** The open call's client is to be answered in another way. */
  answerBy(answer: Answer): void {
    this.#answer = answer;
  }

  close(): Promise<void> {
    return this.#minter.close();
  }

  holding(): Holding | undefined {
    return this.#host.inside(() => this.#minter.holding());
  }

  readonly #call = (count: number): unknown => {
    this.#held = heldOf(this.#minter.holding());
    return this.#minter.mint(this.#into, count);
  };

  #mintedUnder({ workerId, lease, createRevision }: Held): void {
    const batch = this.#batch;
    batch.workerId = workerId;
    if (lease === this.#leaseId && createRevision === this.#revision) return;
    this.#leaseId = lease;
    this.#revision = createRevision;
    batch.lease = BigInt(lease);
    batch.createRevision = BigInt(createRevision);
  }

  readonly #returned = (result: unknown): void => {
    const whole =
      typeof result === 'number' &&
      Number.isInteger(result) &&
      result >= 0 &&
      result <= this.#into.length / this.#host.perId;
    if (!whole) this.#batch.flags = BATCH_FLAG.badCount;
    const reply: MintReply = whole
      ? { status: 'ok' }
      : { status: 'error', reason: returnedNoCount(result, this.#into.length / this.#host.perId) };
    this.#end(whole ? result : this.#gatherLeft(), reply);
  };

  readonly #threw = (error: unknown): void => {
    const refused = error instanceof Refusal;
    this.#batch.flags = refused ? BATCH_FLAG.refused : BATCH_FLAG.threw;
    this.#end(this.#gatherLeft(), {
      status: refused ? 'refused' : 'error',
      reason: refused ? messageOf(error) : threwInMint(error),
    });
  };

  #end(count: number, reply: MintReply): void {
    this.minting = false;
    this.#host.onCalled();
    this.#batch.returned = this.#host.now();
    this.#batch.wallReturnedMs = this.#host.wallMs();
    try {
      this.#mintedUnder(heldInCall(this.#held, heldOf(this.holding())));
    } catch (error) {
      return this.#host.onCrash(error);
    }
    // What a node that stands still has not written yet, it never wrote if it is killed now.
    if (this.#host.stands()) this.#host.whenAwake(() => this.#commit(count, reply));
    else this.#commit(count, reply);
  }

  #commit(count: number, reply: MintReply): void {
    const batch = this.#batch;
    // A generator with threads may have transferred the array to one.
    if (this.#into.length === 0) {
      this.#buffer = new BigUint64Array(16);
      this.#into = this.#buffer.subarray(0, 0);
      count = 0;
      reply = { status: 'error', reason: ARRAY_GONE };
      batch.flags = BATCH_FLAG.badCount;
    }
    batch.firstSeq = this.seq;
    // A call that returned no count is evidence by itself, also when it left nothing.
    const all = this.#minter.extras === undefined ? undefined : this.#withExtras(count);
    const total = all === undefined ? count : all.length / this.#host.perId;
    if (total > 0 || batch.flags === BATCH_FLAG.badCount)
      this.#host.history.add(batch, all ?? this.#into, total * this.#host.perId, total);
    this.seq += total;
    this.refused = reply.status === 'ok' ? undefined : reply.reason;
    this.open = false;
    const { incarnation, lane, firstSeq } = batch;
    if (reply.status !== 'ok') this.#answer?.(reply);
    else if (count === 0 || this.#taking === 'count only')
      this.#answer?.({ status: 'ok', incarnation, lane, firstSeq, count });
    else {
      let received: ReceivedIds;
      try {
        received = this.#received(count * this.#host.perId);
      } catch (error) {
        return this.#host.onCrash(error);
      }
      this.#answer?.({ status: 'ok', incarnation, lane, firstSeq, count, received });
    }
    this.#host.onFree();
  }

  /** All IDs of the call: those in front of its buffer, and what it got beyond them. */
  #withExtras(count: number): BigUint64Array {
    const ids = this.#into.subarray(0, count * this.#host.perId);
    const extras = this.#host.inside(() => this.#minter.extras?.()) ?? [];
    return BigUint64Array.from([...ids, ...extras]);
  }

  /** What a client finds in its answer: the minted words, or what the generator makes of them on their way. */
  #received(words: number): ReceivedIds {
    const { perId, inside } = this.#host;
    const ids = words === this.#into.length ? this.#into : this.#into.subarray(0, words);
    if (this.#encode === undefined) return receivedIds(ids, perId);
    const encoded = inside(this.#encode, ids)?.map(BigInt);
    if (encoded === undefined) return receivedIds(ids, perId);
    const sent = perId === 1 ? encoded : encoded.flatMap((id) => [BigInt.asUintN(64, id), id >> 64n]);
    return receivedIds(BigUint64Array.from(sent), perId);
  }

  /** Moves the IDs that a call left in its zeroed buffer, and did not count, to the front; how many there are. */
  #gatherLeft(): number {
    const into = this.#into;
    const { perId } = this.#host;
    let left = 0;
    for (let at = 0; at < into.length; at += perId)
      if (into[at] !== 0n || into[at + perId - 1] !== 0n) into.copyWithin(perId * left++, at, at + perId);
    return left;
  }
}

const REFUSALS_KEPT = 64;
const refusals = new Map<string, Refusal>();

/**
 * Refusals come by the thousand, from a few words, and nobody reads where from: one error a word, without a stack trace,
 * or making them would cost more than all the rest.
 */
export function refusal(reason: string): Error {
  const known = refusals.get(reason);
  if (known !== undefined) return known;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = Object.freeze(new Refusal(reason));
  Error.stackTraceLimit = limit;
  if (refusals.size < REFUSALS_KEPT) refusals.set(reason, error);
  return error;
}
