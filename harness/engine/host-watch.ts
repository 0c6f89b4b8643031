/**
 * Watches the host and the harness itself: a stalled harness must never be taken for a stalled node, nor a step of the
 * host's clock for a skewed one.
 */
import { readFileSync } from 'node:fs';
import type { Cluster } from '../core/cluster.ts';
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

/** Two clocks can be compared only when they are read within this time; a process may be put aside in between. */
const TIGHT_MS = 1;
const ATTEMPTS = 5;

/** Starts watching; only for clusters that live in real time. */
export function watchHost({ time }: Pick<Cluster, 'time'>, journal: Pick<Journal, 'append'>): HostWatch {
  let lastTick = performance.now();
  let lastReal = ahead(Date.now);
  let lastUptime = ahead(uptimeMs);
  const timer = setInterval(() => {
    const now = performance.now();
    const late = now - lastTick - TICK_MS;
    lastTick = now;
    if (late >= STALL_MIN_MS) journal.append({ at: time.now(), kind: 'stall', forMs: Math.round(late) });
    const real = ahead(Date.now);
    const uptime = ahead(uptimeMs);
    const stepped = moved(lastReal, real);
    const asleep = moved(lastUptime, uptime);
    if (Math.abs(stepped) > STEP_MIN_MS || asleep > ASLEEP_MIN_MS)
      journal.append({ at: time.now(), kind: 'host clock', steppedMs: Math.round(stepped + asleep) });
    lastReal = real ?? lastReal;
    lastUptime = uptime ?? lastUptime;
  }, TICK_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** How far a clock is ahead of the monotonic one, or undefined when the two could not be read close together. */
function ahead(clock: () => number | undefined): number | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = performance.now();
    const reading = clock();
    const after = performance.now();
    if (reading !== undefined && after - before <= TIGHT_MS) return reading - before;
  }
  return undefined;
}

function moved(from: number | undefined, to: number | undefined): number {
  return from === undefined || to === undefined ? 0 : to - from;
}

/** Time since boot, which counts time asleep; the monotonic clock does not. */
function uptimeMs(): number | undefined {
  try {
    return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  } catch {
    return undefined;
  }
}
