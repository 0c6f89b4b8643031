/** Grows the columns of a history batch by batch: no object an ID. */
import { firstOf, grown } from '../../core/columns.ts';
import type { BatchColumns } from '../../core/history.ts';
import type { RunNs } from '../../core/time.ts';

/** What one call of `mint` left behind; reused from call to call. */
export interface Batch {
  node: number;
  incarnation: number;
  lane: number;
  firstSeq: number;
  flags: number;
  called: RunNs;
  returned: RunNs;
  wallCalledMs: number;
  wallReturnedMs: number;
  workerId: number;
  lease: bigint;
  createRevision: bigint;
}

const FIRST_CAPACITY = 4096;

export class HistoryBuilder {
  #length = 0;
  #idCount = 0;
  #columns = columnsOf(FIRST_CAPACITY);
  #words = new BigUint64Array(FIRST_CAPACITY);
  #wordCount = 0;

  /** Appends a batch with its `count` IDs: the first `length` of these words. */
  add(batch: Batch, words: BigUint64Array, length: number, count: number): void {
    const at = this.#length;
    if (at === this.#columns.node.length) this.#columns = grown(this.#columns, columnsOf, 2 * at);
    const columns = this.#columns;
    columns.node[at] = batch.node;
    columns.incarnation[at] = batch.incarnation;
    columns.lane[at] = batch.lane;
    columns.firstSeq[at] = batch.firstSeq;
    columns.count[at] = count;
    columns.flags[at] = batch.flags;
    columns.called[at] = batch.called;
    columns.returned[at] = batch.returned;
    columns.wallCalledMs[at] = batch.wallCalledMs;
    columns.wallReturnedMs[at] = batch.wallReturnedMs;
    columns.workerId[at] = batch.workerId;
    columns.lease[at] = batch.lease;
    columns.createRevision[at] = batch.createRevision;
    columns.firstId[at] = this.#idCount;
    this.#length++;
    this.#idCount += count;
    this.#addWords(words, length);
  }

  batches(): BatchColumns {
    return { length: this.#length, ...firstOf(this.#columns, this.#length) };
  }

  ids(): BigUint64Array {
    return this.#words.subarray(0, this.#wordCount);
  }

  #addWords(words: BigUint64Array, length: number): void {
    const count = this.#wordCount + length;
    if (count > this.#words.length) {
      const larger = new BigUint64Array(Math.max(2 * this.#words.length, count));
      larger.set(this.#words);
      this.#words = larger;
    }
    // A view costs more than the copying.
    this.#words.set(length === words.length ? words : words.subarray(0, length), this.#wordCount);
    this.#wordCount = count;
  }
}

function columnsOf(capacity: number) {
  return {
    node: new Uint16Array(capacity),
    incarnation: new Uint32Array(capacity),
    lane: new Uint16Array(capacity),
    firstSeq: new Float64Array(capacity),
    count: new Uint32Array(capacity),
    flags: new Uint32Array(capacity),
    called: new Float64Array(capacity),
    returned: new Float64Array(capacity),
    wallCalledMs: new Float64Array(capacity),
    wallReturnedMs: new Float64Array(capacity),
    workerId: new Int32Array(capacity),
    lease: new BigUint64Array(capacity),
    createRevision: new BigUint64Array(capacity),
    firstId: new Float64Array(capacity),
  };
}
