/** What the passes that follow the certificate have in common. Pure. */
import type { Limits } from './limits.ts';
import type { Piece } from './pieces.ts';
import type { ExactOptions } from './segment.ts';
import type { WordsOfId } from './words.ts';

/** What finds repeated IDs in all pieces, when the certificate gave up. */
export interface Work {
  readonly words: WordsOfId;
  readonly pieces: readonly Piece[];
  readonly limits: Limits;
  readonly seed: number;
  readonly emissions: number;
  readonly memoryBytes: number;
  readonly witnesses: number;
  readonly progress: Progress;
}

/** Counts what is read. */
export class Progress {
  readonly #tell: ExactOptions['onProgress'];
  #done = 0;
  #total = 0;

  constructor(tell: ExactOptions['onProgress']) {
    this.#tell = tell;
  }

  expect(ids: number): void {
    this.#total += ids;
  }

  read(ids: number): void {
    this.#done += ids;
    this.#tell?.(BigInt(this.#done), BigInt(Math.max(this.#done, this.#total)));
  }
}
