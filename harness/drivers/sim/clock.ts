/** The wall clock of one simulated node: true time plus an offset when it was set, and its own rate from there. */
import type { ClockSetting } from '../../core/cluster.ts';
import { TRUE_CLOCK } from '../../core/cluster.ts';
import type { Origin, RunNs } from '../../core/time.ts';
import { nsToMs, trueUnixMs } from '../../core/time.ts';

export class NodeClock {
  readonly #origin: Origin;
  #setting: ClockSetting = TRUE_CLOCK;
  #since: RunNs = 0;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** Unix milliseconds, whole. */
  wallMs(at: RunNs): number {
    const { offsetMs, rate } = this.#setting;
    // A clock that runs true is not computed from its setting: the sum would round another way as time goes on.
    const ranMs =
      rate === 1
        ? trueUnixMs(this.#origin, at)
        : trueUnixMs(this.#origin, this.#since) + rate * nsToMs(at - this.#since);
    return Math.floor(ranMs + offsetMs);
  }

  /** Takes force at `at`. Setting what is set already changes nothing: a clock that stands still does not jump to now. */
  set(setting: ClockSetting, at: RunNs): void {
    if (this.shows(setting)) return;
    this.#setting = setting;
    this.#since = at;
  }

  shows({ offsetMs, rate }: ClockSetting): boolean {
    return this.#setting.offsetMs === offsetMs && this.#setting.rate === rate;
  }
}
