/**
 * The share of a CPU that a simulated process has. Like a process that is stopped and continued in turns, it stands still
 * at the beginning of each turn and runs for the rest of it; and what it does takes time, for only the scarcity of the CPU
 * makes that matter.
 */
import type { Cancel, RunNs } from '../../core/time.ts';
import { msToNs } from '../../core/time.ts';
import type { VirtualTime } from './virtual-time.ts';

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

/**
 * Running time between two readings of a clock inside `mint`. A node of the shell takes about a tenth of a CPU for the
 * load that the simulator stands for: 300 batches a second with four readings each.
 */
const WORK_NS = msToNs(0.08);

/** The CPU of one simulated node: the share that it has at present, and a call at the beginning of each of its runs. */
export class Cpu {
  readonly #time: VirtualTime;
  readonly #onRun: () => void;
  #share = new CpuShare(100, 0);
  #next: Cancel | undefined;

  constructor(time: VirtualTime, onRun: () => void) {
    this.#time = time;
    this.#onRun = onRun;
  }

  /** Whether the process runs now, or stands still. */
  get runs(): boolean {
    return this.#share.isWhole || this.#share.runsAt(this.#time.now());
  }

  slow(percent: number): void {
    if (percent === this.#share.percent) return;
    this.#share = new CpuShare(percent, this.#time.now());
    this.#next?.();
    this.#next = undefined;
    if (this.#share.isWhole) this.#onRun();
    else this.#awaitRun();
  }

  /** When the work between two readings of a clock is done; at once for whoever has the whole CPU. */
  workedFrom(at: RunNs): RunNs {
    return this.#share.isWhole ? at : this.#share.after(at, WORK_NS);
  }

  #awaitRun(): void {
    this.#next = this.#time.schedule(this.#share.nextRun(this.#time.now()), () => {
      this.#onRun();
      this.#awaitRun();
    });
  }
}

/** How often it is looked, within one measurement, whether a process can run. */
const LOOKS = 40;

/** The share of the time in which it could run, in percent, by looks spread over `forMs`; undefined: it ended meanwhile. */
export async function shareSeen(
  time: VirtualTime,
  forMs: number,
  runs: () => boolean | undefined,
): Promise<number | undefined> {
  let ran = 0;
  for (let look = 0; look < LOOKS; look++) {
    const seen = runs();
    if (seen === undefined) return undefined;
    if (seen) ran++;
    await time.sleep(forMs / LOOKS);
  }
  return (100 * ran) / LOOKS;
}
