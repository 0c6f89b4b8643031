/**
 * How far the wall clock of a node is from true time, measured to well below a millisecond.
 *
 * A wall clock of whole milliseconds says only that its time lies within one of them, and the node may have been stopped
 * between its readings of the two clocks. So a reading is an interval, and several of them, at other phases of the
 * millisecond, intersect to a narrower one.
 */
import type { Cluster, NodeHealth } from './cluster.ts';
import { assertClockOfMinter, healthOf, nodeOf, PROBE_TIMEOUT_MS } from './observe.ts';
import type { Origin, RunNs } from './time.ts';
import { msToNs, nsToMs, trueUnixMs } from './time.ts';

/** Offsets from true time between which something lies, in milliseconds; positive: ahead. */
export interface Offsets {
  readonly lowMs: number;
  readonly highMs: number;
}

/** Between which offsets a clock stood, at some moment of a span. */
export interface ClockReading extends Offsets {
  readonly from: RunNs;
  readonly to: RunNs;
}

/** True time was read once, at the origin, by spinning to the edge of a millisecond; the tools that skew are exact to microseconds. */
const ERROR_MS = 0.1;
/** Wide enough to be read twice within the gap that may lie between two measurements, narrow enough for a step of 1 ms. */
const WIDTH_MS = 0.4;
const READINGS_MAX = 12;
/** From one reading to the next: a little over a millisecond, so that each falls on another phase of it. */
const APART_MS = 1.19;

/**
 * The clock of a node that does not answer cannot be read: undefined. Throws where the clock is not seen to be that of what
 * mints. Reads until the interval is as narrow as `widthMs`, or as long as a measurement may wait for one answer: that of a
 * starved node stays wide.
 */
export async function readClock(cluster: Cluster, name: string, widthMs = WIDTH_MS): Promise<ClockReading | undefined> {
  const node = nodeOf(cluster, name);
  let reading: ClockReading | undefined;
  const until = cluster.time.now() + msToNs(PROBE_TIMEOUT_MS);
  for (let round = 0; round < READINGS_MAX; round++) {
    if (round > 0) await cluster.time.sleep(APART_MS);
    const askedAt = cluster.time.now();
    if (askedAt >= until) break;
    const health = await healthOf(node);
    // What was read before is as true as it was, and may be narrow enough.
    if (health === undefined) return reading;
    assertClockOfMinter(health);
    const next = readingOf(cluster.origin, health, askedAt);
    reading = reading === undefined ? next : joined(reading, next);
    if (reading.highMs - reading.lowMs <= widthMs) break;
  }
  return reading;
}

/** What one answer tells. Where a node does not say since when it was reading its clocks, it began after it was asked. */
export function readingOf(origin: Origin, health: NodeHealth, askedAt: RunNs): ClockReading {
  const from = Math.min(health.at, health.notBefore ?? askedAt - origin.errorNs);
  return {
    from,
    to: health.at,
    lowMs: health.wallMs - trueUnixMs(origin, health.at),
    highMs: health.wallMs + 1 - trueUnixMs(origin, from),
  };
}

/** A clock that did not move lies in both; one that did was somewhere between the outermost. */
function joined(one: ClockReading, other: ClockReading): ClockReading {
  const span = { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };
  const lowMs = Math.max(one.lowMs, other.lowMs);
  const highMs = Math.min(one.highMs, other.highMs);
  if (lowMs <= highMs) return { ...span, lowMs, highMs };
  return { ...span, lowMs: Math.min(one.lowMs, other.lowMs), highMs: Math.max(one.highMs, other.highMs) };
}

const UNTOUCHED: Offsets = { lowMs: 0, highMs: 0 };

/**
 * Whether a clock is where it was asked to be; undefined when the measurement cannot tell that from where it would be
 * otherwise, which is true time unless given.
 */
export function isAt(
  { errorNs }: Origin,
  seen: Offsets,
  asked: Offsets,
  otherwise: Offsets = UNTOUCHED,
): boolean | undefined {
  const errorMs = ERROR_MS + nsToMs(errorNs);
  const mayBe = ({ lowMs, highMs }: Offsets): boolean =>
    seen.lowMs - errorMs <= highMs && lowMs <= seen.highMs + errorMs;
  if (!mayBe(asked)) return false;
  return mayBe(otherwise) ? undefined : true;
}

/** As it is told in a report: where the clock was, and how exactly that is known. */
export function described(seen: Offsets | undefined): { observedMs: number | null; withinMs: number | null } {
  if (seen === undefined) return { observedMs: null, withinMs: null };
  return { observedMs: rounded((seen.lowMs + seen.highMs) / 2), withinMs: rounded((seen.highMs - seen.lowMs) / 2) };
}

/** Microseconds: finer is not measured. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
