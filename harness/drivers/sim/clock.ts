/** The wall clock of one simulated node: true time plus an offset, or frozen at a moment. */
import type { ClockSetting } from '../../core/cluster.ts';
import type { Origin, RunNs } from '../../core/time.ts';
import { trueUnixMs } from '../../core/time.ts';

export class NodeClock {
  readonly #origin: Origin;
  #setting: ClockSetting = { offsetMs: 0, frozen: false };
  #frozenAt: RunNs = 0;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** Unix milliseconds, whole. */
  wallMs(at: RunNs): number {
    return Math.floor(trueUnixMs(this.#origin, this.#setting.frozen ? this.#frozenAt : at) + this.#setting.offsetMs);
  }

  /** Takes force at `at`. Setting what is set already changes nothing: a frozen clock does not jump to now. */
  set(setting: ClockSetting, at: RunNs): void {
    if (this.shows(setting)) return;
    this.#setting = setting;
    this.#frozenAt = at;
  }

  shows({ offsetMs, frozen }: ClockSetting): boolean {
    return this.#setting.offsetMs === offsetMs && this.#setting.frozen === frozen;
  }
}
