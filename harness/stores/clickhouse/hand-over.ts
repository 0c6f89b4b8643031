/**
 * Blocks for an engine of this machine, by files that both see: an engine that reads a file needs no copy of what the
 * harness has in memory, and a file that is written again needs no new room on the disk.
 */
import { closeSync, ftruncateSync, openSync, rmSync, writevSync } from 'node:fs';
import { join } from 'node:path';

/** In the folder of an embedded engine. */
export const INCOMING_FOLDER = 'incoming';

interface Slot {
  readonly file: string;
  readonly descriptor: number;
}

export class HandOver {
  readonly #folder: string;
  readonly #slots: Slot[] = [];
  readonly #free: Slot[] = [];

  /** In a folder that the engine empties when it starts. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Lends a file with these bytes for as long as `use` takes. */
  async lend<T>(pieces: readonly Uint8Array[], use: (file: string) => Promise<T>): Promise<T> {
    const slot = this.#free.pop() ?? this.#newSlot();
    try {
      write(slot.descriptor, pieces);
      return await use(slot.file);
    } finally {
      this.#free.push(slot);
    }
  }

  close(): void {
    for (const { file, descriptor } of this.#slots.splice(0)) {
      closeSync(descriptor);
      rmSync(file, { force: true });
    }
  }

  #newSlot(): Slot {
    const file = join(this.#folder, `range-${this.#slots.length}`);
    const slot = { file, descriptor: openSync(file, 'w') };
    this.#slots.push(slot);
    return slot;
  }
}

/** The kernel takes so many pieces at once, and may take fewer bytes than it was given. */
const PIECES_AT_ONCE = 1024;

function write(descriptor: number, pieces: readonly Uint8Array[]): void {
  let at = 0;
  let left = pieces.filter(({ length }) => length > 0);
  while (left.length > 0) {
    let written = writevSync(descriptor, left.slice(0, PIECES_AT_ONCE), at);
    at += written;
    while (left.length > 0 && written >= left[0]!.length) {
      written -= left[0]!.length;
      left = left.slice(1);
    }
    if (written > 0) left = [left[0]!.subarray(written), ...left.slice(1)];
  }
  ftruncateSync(descriptor, at);
}
