/** What the passes that follow the certificate have in common. Pure. */
import { badInput } from '../core/errors.ts';
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
  readonly region: Region;
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

/** Each ID falls into one pass. One that fell into none, or into two, was not the same each time. */
export function expectAll(seen: number, emissions: number): void {
  if (seen !== emissions)
    throw badInput(
      `Passes over the files saw ${seen} IDs in place of ${emissions}.`,
      'Wait until nobody writes to them any more, and check them again.',
    );
}

/** Memory that threads share, one piece for all passes: what was given back is not there again at once. */
export class Region {
  #buffer = new SharedArrayBuffer(0);

  atLeast(bytes: number): SharedArrayBuffer {
    if (this.#buffer.byteLength < bytes) this.#buffer = new SharedArrayBuffer(bytes);
    return this.#buffer;
  }
}
