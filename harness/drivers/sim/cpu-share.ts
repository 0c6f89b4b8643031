/**
 * The share of a CPU that a simulated process has. Like a process that is stopped and continued in turns, it stands still
 * at the beginning of each turn and runs for the rest of it; and what it does takes time, for only the scarcity of the CPU
 * makes that matter.
 */
import type { RunNs } from '../../core/time.ts';
import { msToNs } from '../../core/time.ts';

/** As the fault agents of the real drivers do it. */
const TURN_NS = msToNs(50);

export class CpuShare {
  readonly percent: number;
  readonly #since: RunNs;
  readonly #standNs: RunNs;

  /** The first turn begins at `since`. */
  constructor(percent: number, since: RunNs) {
    this.percent = percent;
    this.#since = since;
    this.#standNs = (TURN_NS * (100 - percent)) / 100;
  }

  get isWhole(): boolean {
    return this.percent >= 100;
  }

  runsAt(at: RunNs): boolean {
    return this.#standNs === 0 || this.#inTurn(at) >= this.#standNs;
  }

  /** When the process next begins to run, after `at`. */
  nextRun(at: RunNs): RunNs {
    const begin = at - this.#inTurn(at) + this.#standNs;
    return begin > at ? begin : begin + TURN_NS;
  }

  /** When work of that much running time is done that begins at `at`. */
  after(at: RunNs, workNs: RunNs): RunNs {
    let from = this.runsAt(at) ? at : this.nextRun(at);
    let left = workNs;
    for (;;) {
      const room = TURN_NS - this.#inTurn(from);
      if (left < room) return from + left;
      left -= room;
      from = this.nextRun(from);
    }
  }

  #inTurn(at: RunNs): RunNs {
    return (at - this.#since) % TURN_NS;
  }
}
