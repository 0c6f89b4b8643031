/**
 * Looks at what one lane minted, range by range as it is collected: in which spans its IDs lie, where they cease to rise,
 * and whether their fields are as they should be. Pure but for what it remembers of its lane.
 *
 * IDs of a line that goes back now and then lie on two lines: the main one, whose every ID exceeds all before it, and a
 * low one of those that do not. A single ID that comes again, or a clock that was set back, is then a short span of its
 * own, and does not stretch another over all that was minted since.
 */
import type { BatchRange } from '../../core/store.ts';
import { BATCH_AT, BATCH_BYTES } from '../../core/tap.ts';
import type { RunNs } from '../../core/time.ts';
import { runNs } from '../../core/time.ts';
import type { IdFields, SoundBits } from './id-fields.ts';
import { endOfStretch, idAt, isGreater, isSound } from './id-fields.ts';
import type { Span } from './spans.ts';

/** Where IDs of one worker ID lie: rising, so that none of them is there twice. */
export interface LaneSpan extends Span {
  /** The worker ID in them. */
  readonly key: bigint;
  /** The end of the line that it goes on. */
  readonly after?: bigint;
}

/** One ID that should not be there. */
export interface Sighting {
  readonly id: bigint;
  /** The one before it in its lane. */
  readonly before?: bigint;
  /** What its node held. */
  readonly held: number;
  /** When the call that minted it returned. */
  readonly emitted: RunNs;
}

export interface Tally {
  readonly found: number;
  readonly first?: Sighting;
}

/** What a node minted in one range under one worker ID that it said it held. */
export interface Act {
  readonly workerId: number;
  readonly createRevision: bigint;
  /** When its first call with an ID returned, and its last was made. */
  readonly from: RunNs;
  readonly to: RunNs;
}

export interface RangeLook {
  readonly spans: readonly LaneSpan[];
  /** Where its IDs lie in too many spans to be told by them: from the lowest to the greatest. */
  readonly wild?: Span;
  /** IDs that do not exceed the one before in their lane. */
  readonly backward: Tally;
  readonly malformed: Tally;
  readonly acts: readonly Act[];
}

/** A range whose IDs lie in more spans than this is wild. */
const SPANS_MAX = 128;

interface Line {
  readonly key: bigint;
  low: bigint;
  high: bigint;
  readonly after?: bigint;
}

export class LaneLook {
  readonly #fields: IdFields;
  #last: bigint | undefined;
  #mainEnd: { readonly key: bigint; readonly high: bigint } | undefined;
  #lowEnd: { readonly key: bigint; readonly high: bigint } | undefined;

  constructor(fields: IdFields) {
    this.#fields = fields;
  }

  look(range: BatchRange): RangeLook {
    const { batches, ids } = range;
    const { words: perId } = this.#fields;
    const words = new Uint32Array(ids.buffer, ids.byteOffset, range.count * perId);
    const lines = new Lines(this.#mainEnd, this.#lowEnd);
    const backward = new Counter();
    const malformed = new Counter();
    const acts = new Acts();
    let index = 0;
    for (let at = 0; at < batches.length; at += BATCH_BYTES) {
      const count = batches.readUInt32LE(at + BATCH_AT.count);
      if (count === 0) continue;
      const held = batches.readInt32LE(at + BATCH_AT.workerId);
      const emitted = runNs(range.originNs, batches.readBigUInt64LE(at + BATCH_AT.returned));
      acts.add(held, batches, at, range.originNs, emitted);
      const end = index + count;
      const sound = this.#fields.soundOf(held);
      while (index < end) {
        if (lines.count > SPANS_MAX) {
          this.#count(words, index, end, sound, { held, emitted }, backward, malformed);
          index = end;
          break;
        }
        const next = endOfStretch(words, this.#fields, index, end);
        const first = idAt(words, perId, index);
        const sighting = (): Sighting => ({
          id: first,
          ...(this.#last !== undefined && { before: this.#last }),
          held,
          emitted,
        });
        if (this.#last !== undefined && first <= this.#last) backward.add(1, sighting);
        if (!isSound(words, index, sound)) malformed.add(next - index, sighting);
        lines.add(this.#fields.keyOf(first), words, perId, index, next, first);
        this.#last = idAt(words, perId, next - 1);
        index = next;
      }
    }
    this.#mainEnd = lines.mainEnd;
    this.#lowEnd = lines.lowEnd;
    return {
      spans: lines.spans(),
      ...(lines.count > SPANS_MAX && { wild: boundsOf(words, perId) }),
      backward: backward.tally(),
      malformed: malformed.tally(),
      acts: acts.list(),
    };
  }

  /** Of IDs in no order: only counts, without a bigint each. `from` is no lane's first. */
  #count(
    words: Uint32Array,
    from: number,
    to: number,
    sound: SoundBits,
    of: OfBatch,
    backward: Counter,
    malformed: Counter,
  ): void {
    const { words: perId } = this.#fields;
    for (let index = from; index < to; index++) {
      const sighting = (): Sighting => ({
        id: idAt(words, perId, index),
        before: idAt(words, perId, index - 1),
        ...of,
      });
      if (!isGreater(words, perId, index, index - 1)) backward.add(1, sighting);
      if (!isSound(words, index, sound)) malformed.add(1, sighting);
    }
    this.#last = idAt(words, perId, to - 1);
  }
}

/** What a batch says of each of its IDs. */
type OfBatch = Pick<Sighting, 'held' | 'emitted'>;

class Counter {
  #found = 0;
  #first: Sighting | undefined;

  add(found: number, sighting: () => Sighting): void {
    this.#found += found;
    this.#first ??= sighting();
  }

  tally(): Tally {
    return { found: this.#found, ...(this.#first !== undefined && { first: this.#first }) };
  }
}

/** The main and the low line of a range, and those that ended in it. */
class Lines {
  readonly #ended: Line[] = [];
  #main: Line | undefined;
  #low: Line | undefined;
  /** Where they ended in the range before. */
  #mainBefore: LineEnd | undefined;
  #lowBefore: LineEnd | undefined;

  constructor(mainBefore: LineEnd | undefined, lowBefore: LineEnd | undefined) {
    this.#mainBefore = mainBefore;
    this.#lowBefore = lowBefore;
  }

  get count(): number {
    return this.#ended.length + (this.#main === undefined ? 0 : 1) + (this.#low === undefined ? 0 : 1);
  }

  get mainEnd(): LineEnd | undefined {
    return this.#main ?? this.#mainBefore;
  }

  get lowEnd(): LineEnd | undefined {
    return this.#low ?? this.#lowBefore;
  }

  spans(): readonly LaneSpan[] {
    return [...this.#ended, ...(this.#main ? [this.#main] : []), ...(this.#low ? [this.#low] : [])];
  }

  /** A stretch of rising IDs with one worker ID, `first` its first one. */
  add(key: bigint, words: Uint32Array, perId: 2 | 4, from: number, to: number, first: bigint): void {
    const mainHigh = this.mainEnd?.high;
    const split = mainHigh === undefined || first > mainHigh ? from : firstAbove(words, perId, from, to, mainHigh);
    if (split > from) this.#addLow(key, first, idAt(words, perId, split - 1));
    if (split < to) this.#addMain(key, split === from ? first : idAt(words, perId, split), idAt(words, perId, to - 1));
  }

  #addMain(key: bigint, low: bigint, high: bigint): void {
    if (this.#main?.key === key) this.#main.high = high;
    else {
      if (this.#main !== undefined) this.#ended.push(this.#main);
      const before = this.#main === undefined ? this.#mainBefore : undefined;
      this.#main = { key, low, high, ...(before?.key === key && { after: before.high }) };
    }
    this.#mainBefore = undefined;
  }

  #addLow(key: bigint, low: bigint, high: bigint): void {
    if (this.#low?.key === key && low > this.#low.high) this.#low.high = high;
    else {
      if (this.#low !== undefined) this.#ended.push(this.#low);
      const before = this.#low === undefined ? this.#lowBefore : undefined;
      const goesOn = before?.key === key && low > before.high;
      this.#low = { key, low, high, ...(goesOn && { after: before.high }) };
    }
    this.#lowBefore = undefined;
  }
}

type LineEnd = Pick<Line, 'key' | 'high'>;

/** The lowest and the greatest of some IDs. */
function boundsOf(words: Uint32Array, perId: 2 | 4): Span {
  let [low, high] = [0, 0];
  for (let index = 1; index < words.length / perId; index++)
    if (isGreater(words, perId, low, index)) low = index;
    else if (isGreater(words, perId, index, high)) high = index;
  return { low: idAt(words, perId, low), high: idAt(words, perId, high) };
}

/** The first of rising IDs that exceeds `bound`; `to` where none does. */
function firstAbove(words: Uint32Array, perId: 2 | 4, from: number, to: number, bound: bigint): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (idAt(words, perId, middle) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Acts under a worker ID, joined where a lane goes on under the same. */
class Acts {
  readonly #acts: { workerId: number; createRevision: bigint; from: RunNs; to: RunNs }[] = [];

  add(workerId: number, batches: Buffer, at: number, originNs: bigint, returned: RunNs): void {
    if (workerId < 0) return;
    const called = runNs(originNs, batches.readBigUInt64LE(at + BATCH_AT.called));
    const createRevision = batches.readBigUInt64LE(at + BATCH_AT.createRevision);
    const last = this.#acts.at(-1);
    if (last?.workerId === workerId && last.createRevision === createRevision) {
      last.from = Math.min(last.from, returned);
      last.to = Math.max(last.to, called);
    } else this.#acts.push({ workerId, createRevision, from: returned, to: called });
  }

  list(): readonly Act[] {
    return this.#acts;
  }
}
