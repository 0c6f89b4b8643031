/** IDs as they lie in memory: 8 or 16 bytes each, little-endian. */
import type { IdWords } from '../id-words.ts';
import type { RecordParser, RecordTarget } from './record-parser.ts';

export class RawParser implements RecordParser {
  /** There are none: positions are told in bytes. */
  readonly lines = 0;
  readonly #words: IdWords;
  readonly #target: RecordTarget;
  readonly #bytesPerId: 8 | 16;
  #position = 0;

  constructor(words: IdWords, target: RecordTarget, idBits: 64 | 128) {
    this.#words = words;
    this.#target = target;
    this.#bytesPerId = idBits === 64 ? 8 : 16;
  }

  parse(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    const words = this.#words;
    const length = this.#bytesPerId;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = from;
    for (; at + length <= to; at += length) {
      words.w0 = view.getInt32(at, true);
      words.w1 = view.getInt32(at + 4, true);
      if (length === 16) {
        words.w2 = view.getInt32(at + 8, true);
        words.w3 = view.getInt32(at + 12, true);
      }
      this.#target.taken(false);
    }
    this.#position += at - from;
    if (!last || at === to) return at;
    const left = Buffer.from(`${to - at} bytes after byte ${this.#position}`);
    this.#target.refused('cut off', 0, left, 0, left.length);
    return to;
  }

  tooLong(): number {
    throw new Error('an ID is shorter than a block');
  }
}
