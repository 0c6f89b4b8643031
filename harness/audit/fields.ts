/**
 * What the fields of IDs tell about those who minted them, in one pass over raw segments: ticks and how full they were,
 * workers, and the spells in which a node minted under one worker ID, by the time in the IDs themselves.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { idReader } from '../core/id-words.ts';
import type { Layout } from '../core/layout.ts';
import { idBitsOf } from '../core/layout.ts';
import { firstOther, maskOf } from './alike.ts';

/** IDs of one owner in one file, in their order. */
export interface Span {
  readonly file: string;
  readonly byteOffset: number;
  readonly count: number;
}

export interface FieldsTask {
  readonly layout: Layout;
  /** They follow one another in the line of one owner. */
  readonly spans: readonly Span[];
}

/** A time in which an owner minted under one worker ID, without a backward step; both ticks are in it. */
export interface Spell {
  readonly worker: number;
  readonly from: number;
  readonly to: number;
}

export interface Fields {
  readonly ids: number;
  /** Highest and lowest tick. */
  readonly from: number;
  readonly to: number;
  /** Stretches of IDs that follow one another with one tick and one worker ID. */
  readonly ticks: number;
  /** The most IDs in one of them, and its tick. */
  readonly peak: number;
  readonly peakTick: number;
  /** IDs of each worker ID; the least of those that are not told by one. */
  readonly workers: readonly (readonly [worker: number, ids: number])[];
  readonly spells: readonly Spell[];
  /** Whether spells of one worker ID were taken together, because there were too many. */
  readonly coarse: boolean;
  /** There are more worker IDs than any cluster has: nothing was kept of them and of their spells. */
  readonly lost: boolean;
  /** IDs whose fixed fields or highest bits are not those of the layout; and the place of the first of them. */
  readonly misfits: number;
  readonly firstMisfit: number;
  /** The first and the last stretch, which go on in the tasks before and behind. */
  readonly begins: Stretch;
  readonly ends: Stretch;
}

interface Stretch {
  readonly tick: number;
  readonly worker: number;
  readonly ids: number;
}

const BLOCK_BYTES = 1 << 20;
/** Of one task. A file of many nodes in one line would have as many as IDs. */
const SPELLS_MAX = 20_000;
const WORKERS_MAX = 100_000;
const NOBODY: Stretch = { tick: -1, worker: -1, ids: 0 };

export function readFields(task: FieldsTask, onBytes: (bytes: number) => void): Fields {
  const reading = new FieldReading(task.layout);
  for (const span of task.spans)
    readSpan(span, idBitsOf(task.layout), (words, ids) => reading.block(words, ids), onBytes);
  return reading.end();
}

/** Calls `each` with the words of the IDs of a span, block by block; they are overwritten afterwards. */
export function readSpan(
  { file, byteOffset, count }: Span,
  idBits: 64 | 128,
  each: (words: BigUint64Array, ids: number) => void,
  onBytes: (bytes: number) => void,
): void {
  const words = new BigUint64Array(BLOCK_BYTES / 8);
  const bytes = new Uint8Array(words.buffer);
  const end = byteOffset + count * (idBits / 8);
  const fd = openSync(file, 'r');
  try {
    for (let position = byteOffset; position < end;) {
      const wanted = Math.min(BLOCK_BYTES, end - position);
      let got = 0;
      while (got < wanted) {
        const read = readSync(fd, bytes, got, wanted - got, position + got);
        if (read === 0) throw new Error(`${file} has become shorter while it was read`);
        got += read;
      }
      position += wanted;
      onBytes(wanted);
      each(words, wanted / (idBits / 8));
    }
  } finally {
    closeSync(fd);
  }
}

class FieldReading {
  readonly #layout: Layout;
  readonly #perId: 2 | 4;
  /** Bits of the words that are neither sequence nor random: where these are alike, so are tick and worker ID. */
  readonly #mask: Int32Array;
  /** Ticks from here on have bits above the time that are no time. */
  readonly #tickEnd: number;
  readonly #before: Int32Array;
  readonly #workers = new Map<number, number>();
  #spells: Spell[] = [];
  #spellsMax = SPELLS_MAX;
  #coarse = false;
  #lost = false;
  #tick = -1;
  #worker = -1;
  #run = 0;
  #runFits = true;
  #ids = 0;
  #from = Infinity;
  #to = -Infinity;
  #ticks = 0;
  #peak = 0;
  #peakTick = 0;
  #misfits = 0;
  #firstMisfit = -1;
  #spellFrom = 0;
  #spellIds = 0;
  #begins: Stretch | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#perId = idBitsOf(layout) === 64 ? 2 : 4;
    this.#mask = maskOf(layout);
    this.#before = new Int32Array(this.#perId);
    this.#tickEnd = 2 ** layout.timeBits;
  }

  block(ids: BigUint64Array, count: number): void {
    const words = new Int32Array(ids.buffer);
    const reader = idReader({ ids, layout: this.#layout });
    const perId = this.#perId;
    const end = count * perId;
    for (let at = 0; at < end; at += perId) {
      if (this.#run > 0) {
        const other = firstOther(words, at, end, this.#before, this.#mask);
        this.#run += (other - at) / perId;
        at = other;
        if (at === end) return;
      }
      this.#before.set(words.subarray(at, at + perId));
      this.#closeRun();
      const id = at / perId;
      const tick = reader.tick(id);
      const worker = reader.worker(id);
      this.#runFits = tick < this.#tickEnd && reader.isMarked(id);
      this.#begin(tick, worker);
    }
  }

  end(): Fields {
    this.#closeRun();
    const ends: Stretch = this.#ids === 0 ? NOBODY : { tick: this.#tick, worker: this.#worker, ids: this.#run };
    this.#closeSpell();
    return {
      ids: this.#ids,
      from: this.#from,
      to: this.#to,
      ticks: this.#ticks,
      peak: this.#peak,
      peakTick: this.#peakTick,
      workers: [...this.#workers],
      spells: this.#spells,
      coarse: this.#coarse,
      lost: this.#lost,
      misfits: this.#misfits,
      firstMisfit: this.#firstMisfit,
      begins: this.#begins ?? NOBODY,
      ends,
    };
  }

  #begin(tick: number, worker: number): void {
    const isFirst = this.#tick < 0;
    if (!isFirst && (worker !== this.#worker || tick < this.#tick)) this.#closeSpell();
    if (this.#spellIds === 0) this.#spellFrom = tick;
    this.#tick = tick;
    this.#worker = worker;
    this.#run = 1;
    if (tick < this.#from) this.#from = tick;
    if (tick > this.#to) this.#to = tick;
  }

  #closeRun(): void {
    const run = this.#run;
    if (run === 0) return;
    this.#ticks++;
    if (run > this.#peak) {
      this.#peak = run;
      this.#peakTick = this.#tick;
    }
    if (!this.#runFits) {
      if (this.#misfits === 0) this.#firstMisfit = this.#ids;
      this.#misfits += run;
    }
    this.#begins ??= { tick: this.#tick, worker: this.#worker, ids: run };
    this.#ids += run;
    this.#spellIds += run;
  }

  #closeSpell(): void {
    const ids = this.#spellIds;
    this.#spellIds = 0;
    if (ids === 0 || this.#lost) return;
    this.#workers.set(this.#worker, (this.#workers.get(this.#worker) ?? 0) + ids);
    this.#spells.push({ worker: this.#worker, from: this.#spellFrom, to: this.#tick });
    if (this.#spells.length < this.#spellsMax) return;
    this.#coarse = true;
    this.#spells = hulls(this.#spells);
    this.#spellsMax = Math.max(SPELLS_MAX, 2 * this.#spells.length);
    if (this.#workers.size <= WORKERS_MAX) return;
    this.#lost = true;
    this.#workers.clear();
    this.#spells = [];
  }
}

/** One span of time for each worker ID. */
function hulls(spells: readonly Spell[]): Spell[] {
  const byWorker = new Map<number, Spell>();
  for (const { worker, from, to } of spells) {
    const one = byWorker.get(worker);
    byWorker.set(worker, { worker, from: Math.min(from, one?.from ?? from), to: Math.max(to, one?.to ?? to) });
  }
  return [...byWorker.values()];
}

/** What the tasks of one owner found, in their order, as if one had read them all. */
export function fieldsTogether(all: readonly Fields[]): Fields | undefined {
  const parts = all.filter(({ ids }) => ids > 0);
  const [first, ...more] = parts;
  if (first === undefined) return undefined;
  return more.reduce((before, next) => {
    const goesOn = before.ends.tick === next.begins.tick && before.ends.worker === next.begins.worker;
    // A stretch that is all of a task goes on in the next but one.
    const isOne = next.ticks === 1;
    const joined = before.ends.ids + next.begins.ids;
    const peaks = [before, next].map(({ peak, peakTick }) => ({ peak, peakTick }));
    if (goesOn) peaks.push({ peak: joined, peakTick: before.ends.tick });
    const workers = new Map(before.workers);
    for (const [worker, ids] of next.workers) workers.set(worker, (workers.get(worker) ?? 0) + ids);
    const spells = [...before.spells, ...next.spells];
    return {
      ids: before.ids + next.ids,
      from: Math.min(before.from, next.from),
      to: Math.max(before.to, next.to),
      ticks: before.ticks + next.ticks - (goesOn ? 1 : 0),
      ...peaks.reduce((most, one) => (one.peak > most.peak ? one : most)),
      workers: [...workers],
      spells: spells.length > SPELLS_MAX ? hulls(spells) : spells,
      coarse: before.coarse || next.coarse || spells.length > SPELLS_MAX,
      lost: before.lost || next.lost,
      misfits: before.misfits + next.misfits,
      firstMisfit: before.firstMisfit >= 0 || next.firstMisfit < 0 ? before.firstMisfit : before.ids + next.firstMisfit,
      begins: goesOn && before.ticks === 1 ? { ...before.begins, ids: joined } : before.begins,
      ends: goesOn && isOne ? { ...next.ends, ids: joined } : next.ends,
    };
  }, first);
}
