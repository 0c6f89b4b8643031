/**
 * Lets a pause or a clock step fall on a clock reading inside `mint`. Virtual time stands still inside a synchronous
 * call; without this, no check of a generator could ever be out of date by the time it acts on it.
 */
import type { Rng } from '../../core/random.ts';
import { msToNs } from '../../core/time.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * How often it falls on the last reading of a call, after which the call acts and checks nothing any more: where a check
 * that is out of date does harm. Otherwise any reading is as good as another.
 */
const ON_LAST_READING = 0.7;
/** When no mint comes for this long, it falls outside one. */
const PATIENCE_MS = 50;

/** `where` it fell. */
type Fall = (where: 'inside mint' | 'outside') => void;

interface Armed {
  /** On which reading of a call, as a share of its readings: just below 1 is the last. */
  readonly share: number;
  /** On which reading of the present call; undefined while there is none that suits. */
  target: number | undefined;
  readonly strike: Fall;
}

export class Interruptions {
  readonly #time: VirtualTime;
  readonly #rng: Rng;
  /** How many clock readings the latest call took, by the number of IDs that it was asked for. */
  readonly #usual = new Map<number, number>();
  #armed: Armed[] = [];
  /** Of the open call. */
  #asked = 0;
  #readings = 0;

  constructor(time: VirtualTime, rng: Rng) {
    this.#time = time;
    this.#rng = rng;
  }

  /** Arranges for `fall` to be called, exactly once, before one of the coming readings; resolves then. */
  arm(fall: Fall): Promise<void> {
    return this.#time.waiting<void>((resolve) => {
      const armed: Armed = {
        share: this.#rng.chance(ON_LAST_READING) ? 1 - Number.EPSILON : this.#rng.next(),
        target: undefined,
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

  /** A call of `mint` for `count` IDs begins. Where calls of several lanes overlap, the readings of all of them count. */
  callBegins(count: number): void {
    this.#asked = count;
    this.#readings = 0;
    const usual = this.#usual.get(count) ?? 0;
    for (const armed of this.#armed) armed.target = usual > 0 ? Math.floor(armed.share * usual) : undefined;
  }

  /** A clock is about to be read inside the call. */
  reading(): void {
    const reading = this.#readings++;
    if (this.#armed.length === 0) return;
    for (const armed of [...this.#armed]) if (armed.target === reading) armed.strike('inside mint');
  }

  callEnds(): void {
    if (this.#usual.get(this.#asked) !== this.#readings) this.#usual.set(this.#asked, this.#readings);
    for (const armed of this.#armed) armed.target = undefined;
  }

  /** Whatever is armed falls now. */
  strikeAll(): void {
    for (const armed of [...this.#armed]) armed.strike('outside');
  }
}
