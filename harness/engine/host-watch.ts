/**
 * Watches the host and the harness itself: a stalled harness must never be taken for a stalled node, nor a step of the
 * host's clock for a skewed one.
 */
import { readFileSync } from 'node:fs';
import type { Cluster } from '../core/cluster.ts';
import { nsToMs } from '../core/time.ts';
import type { Journal } from './journal.ts';

const TICK_MS = 100;
/** A tick this late is worth a line in the journal. */
const STALL_MIN_MS = 250;
/** Real time against monotonic time; slewing by NTP (at most 500 ppm) moves it by 0.05 ms a tick. */
const STEP_MIN_MS = 5;
/** /proc/uptime has a resolution of 10 ms and counts time asleep. */
const ASLEEP_MIN_MS = 100;

export interface HostWatch {
  stop(): void;
}

/** Starts watching; only for clusters that live in real time. */
export function watchHost({ time }: Cluster, journal: Journal): HostWatch {
  let lastTick = performance.now();
  let lastGap = Date.now() - lastTick;
  let lastSleep = asleepMs();
  const timer = setInterval(() => {
    const now = performance.now();
    const late = now - lastTick - TICK_MS;
    lastTick = now;
    if (late >= STALL_MIN_MS) journal.append({ at: time.now(), kind: 'stall', forMs: Math.round(late) });
    const gap = Date.now() - performance.now();
    const sleep = asleepMs();
    const slept = sleep !== undefined && lastSleep !== undefined ? sleep - lastSleep : 0;
    if (Math.abs(gap - lastGap) > STEP_MIN_MS || slept > ASLEEP_MIN_MS)
      journal.append({ at: time.now(), kind: 'host clock', steppedMs: Math.round(gap - lastGap + slept) });
    lastGap = gap;
    lastSleep = sleep;
  }, TICK_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** How long the machine has slept since boot: uptime counts sleep, the monotonic clock does not. */
function asleepMs(): number | undefined {
  try {
    const uptimeS = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    return uptimeS * 1000 - nsToMs(Number(process.hrtime.bigint()));
  } catch {
    return undefined;
  }
}
