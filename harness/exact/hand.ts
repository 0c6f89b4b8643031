/** What a thread, or whoever does a thread's work, has at hand for every job. */
import type { Limits } from './limits.ts';
import type { Piece } from './pieces.ts';
import { PieceReader, type TakeChunk } from './reader.ts';
import type { WordsOfId } from './words.ts';

/** What all threads of one check are given, as they start. */
export interface Ground {
  readonly words: WordsOfId;
  readonly pieces: readonly Piece[];
  readonly limits: Limits;
  /** How many threads there are. */
  readonly hands: number;
  /** Int32: the next ticket; then, for each thread, the piece that it read last, from 1. */
  readonly tickets: SharedArrayBuffer;
}

export class Hand {
  readonly ground: Ground;
  readonly index: number;
  readonly #reader: PieceReader;
  readonly #tickets: Int32Array;
  readonly #onRead: (ids: number) => void;

  constructor(ground: Ground, index: number, onRead: (ids: number) => void) {
    this.ground = ground;
    this.index = index;
    this.#reader = new PieceReader(ground.words, ground.limits.chunkIds);
    this.#tickets = new Int32Array(ground.tickets);
    this.#onRead = onRead;
  }

  /** The tickets of a job that fall to this thread, in ascending order: each ticket from 0 to before `end` goes to one. */
  *tickets(end: number): Iterable<number> {
    for (;;) {
      const ticket = Atomics.add(this.#tickets, 0, 1);
      if (ticket >= end) return;
      yield ticket;
    }
  }

  read(piece: number, take: TakeChunk): void {
    Atomics.store(this.#tickets, 1 + this.index, piece + 1);
    const what = this.ground.pieces[piece]!;
    this.#reader.read(what, take);
    this.#onRead(what.count);
  }

  /** At the end of a job: no file stays open. */
  rest(): void {
    this.#reader.close();
  }
}
