/** Reads pieces of files, a chunk at a time; a file that is shorter than was said is an error with its name. */
import { closeSync, openSync, readSync } from 'node:fs';
import { badInput, messageOf } from '../core/errors.ts';
import type { Piece } from './pieces.ts';
import type { WordsOfId } from './words.ts';

/** IDs of a chunk: the first `used` words. They are overwritten by the next. `from`: index of the first in its piece. */
export type TakeChunk = (ids: Uint32Array, used: number, from: number) => void;

export class PieceReader {
  readonly #words: WordsOfId;
  readonly #bytes: Uint8Array;
  readonly #ids: Uint32Array;
  /** The last file stays open: its pieces follow one another. */
  #open: { readonly file: string; readonly fd: number } | undefined;

  constructor(words: WordsOfId, chunkIds: number) {
    this.#words = words;
    this.#ids = new Uint32Array(chunkIds * words);
    this.#bytes = new Uint8Array(this.#ids.buffer);
  }

  read({ file, byteOffset, count }: Piece, take: TakeChunk): void {
    const idBytes = this.#words * 4;
    const fd = this.#descriptorOf(file);
    const end = byteOffset + count * idBytes;
    for (let at = byteOffset; at < end;) {
      const bytes = Math.min(this.#bytes.length, end - at);
      for (let read = 0; read < bytes;) {
        const more = attempt(file, () => readSync(fd, this.#bytes, read, bytes - read, at + read));
        if (more === 0)
          throw badInput(
            `The file ends at byte ${at + read}, where IDs up to byte ${end} were expected.`,
            'Wait until nobody writes to it or takes from it any more, and check it again.',
            file,
          );
        read += more;
      }
      take(this.#ids, bytes / 4, (at - byteOffset) / idBytes);
      at += bytes;
    }
  }

  #descriptorOf(file: string): number {
    if (this.#open?.file === file) return this.#open.fd;
    this.close();
    const fd = attempt(file, () => openSync(file, 'r'));
    this.#open = { file, fd };
    return fd;
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
  }
}

function attempt<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw badInput(`The file cannot be read: ${messageOf(error)}.`, 'See to it that it is there and readable.', file);
  }
}
