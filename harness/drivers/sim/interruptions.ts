/**
 * Lets a pause or a clock step fall on a clock reading inside `mint`. Virtual time stands still inside a synchronous
 * call; without this, no check of a generator could ever be out of date by the time it acts on it.
 */
import type { Rng } from '../../core/random.ts';
import { msToNs } from '../../core/time.ts';
import type { VirtualTime } from './virtual-time.ts';

/** It falls on one of the next this many readings: enough for every reading of a batch of a few IDs. */
const READINGS = 8;
/** When no mint comes for this long, it falls outside one. */
const PATIENCE_MS = 50;

/** `where` it fell. */
type Fall = (where: 'inside mint' | 'outside') => void;

interface Armed {
  readingsLeft: number;
  readonly strike: Fall;
}

export class Interruptions {
  readonly #time: VirtualTime;
  readonly #rng: Rng;
  #armed: Armed[] = [];

  constructor(time: VirtualTime, rng: Rng) {
    this.#time = time;
    this.#rng = rng;
  }

  /** Arranges for `fall` to be called, exactly once, before one of the coming readings; resolves then. */
  arm(fall: Fall): Promise<void> {
    return this.#time.waiting<void>((resolve) => {
      const armed: Armed = {
        readingsLeft: this.#rng.int(0, READINGS - 1),
        strike: (where) => {
          cancel();
          this.#armed = this.#armed.filter((other) => other !== armed);
          fall(where);
          resolve();
        },
      };
      const cancel = this.#time.schedule(this.#time.now() + msToNs(PATIENCE_MS), () => armed.strike('outside'));
      this.#armed.push(armed);
    });
  }

  /** A clock is about to be read inside `mint`. */
  reading(): void {
    if (this.#armed.length === 0) return;
    for (const armed of [...this.#armed]) if (armed.readingsLeft-- === 0) armed.strike('inside mint');
  }

  /** Whatever is armed falls now. */
  strikeAll(): void {
    for (const armed of [...this.#armed]) armed.strike('outside');
  }
}
