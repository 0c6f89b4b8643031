/**
 * One lane of minting: calls the minter, one call at a time, and commits every batch to the tap before anyone is told.
 */
import type { Minter } from '../../harness/core/generator.ts';
import { REQUEST_IDS_MAX } from '../../harness/core/request-size.ts';
import { heldInCall, heldOf, type Held } from '../../harness/core/held.ts';
import { ARRAY_GONE, returnedNoCount, threwInMint } from '../../harness/core/minter-problem.ts';
import { BATCH_FLAG } from '../../harness/core/tap.ts';
import { monotonicNs, wallMs } from './clocks.ts';
import { Refusal } from './env.ts';
import type { TapWriter } from './tap-writer.ts';

/** Requests that may wait while a call of `mint` is open. */
const QUEUE_MAX = 256;
const NS_PER_MS = 1_000_000n;

/**
 * What became of a request. `ids` are those of its answer, the first that the call minted; it belongs to the lane and is
 * overwritten by the next call. Where IDs have 128 bits it holds two words an ID, the low one first.
 */
export type Outcome =
  | { readonly kind: 'minted'; readonly firstSeq: bigint; readonly ids: BigUint64Array }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: string };

/** Told of everything that a lane does, for metrics. */
export interface LaneObserver {
  /** A call of `mint` ended, with these IDs: one word an ID, or two. They are gone when this returns. */
  called(seconds: number, ids: BigUint64Array): void;
  refused(reason: string): void;
  failed(): void;
  /** The wall clock showed an earlier time than at the reading before. */
  clockWentBack(): void;
}

interface Waiting {
  readonly count: number;
  readonly done: (outcome: Outcome) => void;
}

export class Lane {
  readonly #minter: Minter;
  readonly #tap: TapWriter;
  readonly #observer: LaneObserver;
  /** 64-bit words of an ID. */
  readonly perId: 1 | 2;
  #ids: BigUint64Array;
  readonly #waiting: Waiting[] = [];
  #open = false;
  #lastWallMs = 0;
  /** Why the last call was refused although the node held a worker ID; undefined when it was not. */
  refusal: string | undefined;

  constructor(minter: Minter, tap: TapWriter, observer: LaneObserver, perId: 1 | 2 = 1) {
    this.#minter = minter;
    this.perId = perId;
    this.#ids = new BigUint64Array(REQUEST_IDS_MAX * perId);
    this.#tap = tap;
    this.#observer = observer;
  }

  /** A call is open: another has to wait. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** IDs committed to the tap. */
  get committed(): bigint {
    return this.#tap.committed;
  }

  /** Mints up to `count` IDs. `done` is called once, after the tap has them; at once unless the minter waits. */
  mint(count: number, done: (outcome: Outcome) => void): void {
    if (!this.#open) return this.#call({ count, done });
    if (this.#waiting.length < QUEUE_MAX) this.#waiting.push({ count, done });
    else {
      this.#observer.refused('busy');
      done({ kind: 'refused', reason: 'busy' });
    }
  }

  #call(request: Waiting): void {
    this.#open = true;
    if (this.#ids.length === 0) this.#ids = new BigUint64Array(REQUEST_IDS_MAX * this.perId); // a call gave it away
    const into = this.#ids.subarray(0, request.count * this.perId).fill(0n);
    const holding = this.#minter.holding();
    const call: Call = {
      into,
      isHolding: holding !== undefined,
      held: heldOf(holding),
      calledNs: monotonicNs(),
      wallCalledMs: this.#wallMs(),
    };
    let answer: number | Promise<number>;
    try {
      answer = this.#minter.mint(into, request.count);
    } catch (error) {
      return this.#finish(request, call, { thrown: error });
    }
    if (!(answer instanceof Promise)) return this.#finish(request, call, { returned: answer });
    answer.then(
      (returned) => this.#finish(request, call, { returned }),
      (thrown: unknown) => this.#finish(request, call, { thrown }),
    );
  }

  #finish(request: Waiting, call: Call, result: Result): void {
    const wallReturnedMs = this.#wallMs();
    const returnedNs = monotonicNs();
    const after = this.#minter.holding();
    const held = heldInCall(call.held, heldOf(after));
    const outcome = this.#record(call, held, result, returnedNs, wallReturnedMs);
    const isHolding = call.isHolding || after !== undefined;
    this.refusal = outcome.kind === 'refused' && isHolding ? outcome.reason : undefined;
    request.done(outcome);
    this.#open = false;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#call(next);
  }

  /** Commits what the call left in its buffer, then says what becomes of the request. */
  #record(call: Call, held: Held, result: Result, returnedNs: bigint, wallReturnedMs: number): Outcome {
    const { into } = call;
    // A generator with threads may have transferred the array to one, and with it whatever IDs the call left there.
    const gone = into.length === 0;
    const judged = gone ? GONE : judge(result, into.length / this.perId);
    const ids = gone ? into : into.subarray(0, (judged.count ?? gatherLeft(into, this.perId)) * this.perId);
    const recorded = withExtras(ids, this.#minter.extras?.());
    let firstSeq = this.#tap.committed;
    // A call that returned no count is evidence by itself, also when it left nothing.
    if (recorded.length > 0 || judged.flag === BATCH_FLAG.badCount) {
      firstSeq = this.#tap.append(
        gone ? new Uint8Array(0) : new Uint8Array(recorded.buffer, recorded.byteOffset, recorded.byteLength),
        {
          flags: judged.flag,
          calledNs: call.calledNs,
          returnedNs,
          wallCalledNs: BigInt(call.wallCalledMs) * NS_PER_MS,
          wallReturnedNs: BigInt(wallReturnedMs) * NS_PER_MS,
          workerId: held.workerId,
          lease: BigInt(held.lease),
          createRevision: BigInt(held.createRevision),
          fenceNs: held.fenceNs,
          limitMs: BigInt(held.limitMs),
        },
      );
    }
    this.#observer.called(Number(returnedNs - call.calledNs) / 1e9, recorded);
    if (judged.kind === 'refused') {
      this.#observer.refused(judged.reason);
      return { kind: 'refused', reason: judged.reason };
    }
    if (judged.kind === 'failed') {
      this.#observer.failed();
      return { kind: 'failed', error: judged.error };
    }
    return { kind: 'minted', firstSeq, ids };
  }

  #wallMs(): number {
    const now = wallMs();
    if (now < this.#lastWallMs) this.#observer.clockWentBack();
    this.#lastWallMs = now;
    return now;
  }
}

interface Call {
  readonly into: BigUint64Array;
  /** What was held when it began. */
  readonly held: Held;
  readonly isHolding: boolean;
  readonly calledNs: bigint;
  readonly wallCalledMs: number;
}

type Result = { readonly returned: unknown } | { readonly thrown: unknown };

/** `count` is undefined where only the buffer can tell how many IDs the call left. */
type Judged =
  | { readonly kind: 'minted'; readonly flag: 0; readonly count: number }
  | { readonly kind: 'refused'; readonly flag: number; readonly count?: undefined; readonly reason: string }
  | { readonly kind: 'failed'; readonly flag: number; readonly count?: undefined; readonly error: string };

const GONE: Judged = { kind: 'failed', flag: BATCH_FLAG.badCount, error: ARRAY_GONE };

function judge(result: Result, asked: number): Judged {
  if ('thrown' in result) {
    const { thrown } = result;
    if (thrown instanceof Refusal) return { kind: 'refused', flag: BATCH_FLAG.refused, reason: thrown.reason };
    return { kind: 'failed', flag: BATCH_FLAG.threw, error: threwInMint(thrown) };
  }
  const { returned } = result;
  if (typeof returned === 'number' && Number.isInteger(returned) && returned >= 0 && returned <= asked)
    return { kind: 'minted', flag: 0, count: returned };
  return { kind: 'failed', flag: BATCH_FLAG.badCount, error: returnedNoCount(returned, asked) };
}

/** All IDs of a call, in one array. */
function withExtras(ids: BigUint64Array, extras: BigUint64Array | undefined): BigUint64Array {
  if (extras === undefined || extras.length === 0) return ids;
  const all = new BigUint64Array(ids.length + extras.length);
  all.set(ids);
  all.set(extras, ids.length);
  return all;
}

/** Moves the IDs that a call left in its zeroed buffer to the front; how many there are. */
function gatherLeft(ids: BigUint64Array, perId: 1 | 2): number {
  let left = 0;
  for (let at = 0; at < ids.length; at += perId) {
    const id = ids.subarray(at, at + perId);
    if (id.some((word) => word !== 0n)) ids.set(id, perId * left++);
  }
  return left;
}
