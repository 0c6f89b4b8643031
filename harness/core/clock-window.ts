/**
 * What a node's wall clock may have shown during a call, from its readings just before and just after and from the orders
 * that its clock was given. Pure.
 *
 * It is a union of spans, not their hull: a clock that jumps by an hour shows no time in between.
 */
import type { ClockFacts, Reign } from './clock-orders.ts';
import { EVER, reignsOf } from './clock-orders.ts';
import { NS_PER_MS } from './time.ts';

/** The wall clock ran as it should inside a call when it advanced by as much as it should have, give or take this. */
export const RAN_TRUE_MS = 1;
/** How far a clock may be from what it was ordered to show: whole milliseconds, and true time was read once. */
export const ORDER_ERROR_MS = 1;

export interface ClockCall {
  readonly called: number;
  readonly returned: number;
  readonly wallCalledMs: number;
  readonly wallReturnedMs: number;
}

/** Unix milliseconds, both ends included. */
export interface ClockSpan {
  readonly lowMs: number;
  readonly highMs: number;
}

export interface ClockWindow {
  /**
   * The clock showed nothing outside of these, which may overlap:
   * - what lies between the readings, where the clock advanced between them as the monotonic clock did, or as the one
   *   order lets it that was in force before the call and after it;
   * - otherwise it jumped, or was ordered about: it may have run on from the first reading until then, and may have run
   *   up to the second since. An ID from before a step back carries a time later than both readings, and is honest;
   * - what each order asked for that may have been in force in the call: wherever one took force inside it, the readings
   *   may agree though the clock was elsewhere between them.
   */
  readonly spans: readonly ClockSpan[];
  /** Nobody gave the clock an order inside the call, and it advanced as the monotonic clock did. */
  readonly ranTrue: boolean;
}

/** The window of each call of a node; undefined: nothing is known of orders. */
export function clockWindows(clocks: ClockFacts | undefined): (node: string, call: ClockCall) => ClockWindow {
  const reigns = Map.groupBy(reignsOf(clocks?.orders ?? []), ({ node }) => node);
  return (node, call) => {
    const { called, returned, wallCalledMs, wallReturnedMs } = call;
    const elapsedMs = (returned - called) / NS_PER_MS;
    const advanced = (rate: number): boolean =>
      Math.abs(wallReturnedMs - wallCalledMs - rate * elapsedMs) <= RAN_TRUE_MS;
    const inForce = (reigns.get(node) ?? []).filter(({ from, until }) => from <= returned && until >= called);
    const touched = inForce.some(({ to }) => to >= called);
    const advancedTrue = advanced(1);
    const ranTrue = advancedTrue && !touched;
    const between = {
      lowMs: Math.min(wallCalledMs, wallReturnedMs),
      highMs: Math.max(wallCalledMs, wallReturnedMs),
    };
    if (ranTrue || (!touched && inForce.some(({ rate }) => advanced(rate)))) return { spans: [between], ranTrue };
    const runMs = elapsedMs + RAN_TRUE_MS;
    const byReadings = advancedTrue
      ? [between]
      : [
          { lowMs: wallCalledMs, highMs: wallCalledMs + runMs },
          { lowMs: wallReturnedMs - runMs, highMs: wallReturnedMs },
        ];
    const byOrders = inForce.map((reign) => shownBy(reign, called, returned, clocks!.unixMs));
    return { spans: [...byReadings, ...byOrders], ranTrue };
  };
}

/**
 * The latest Unix millisecond that a node can have had by a moment from its clock as it was ordered to run at any time
 * until then, also where it went on by an earlier order: it may have read its clock before that was put back, and have
 * counted on by the monotonic one. What carries a later time was read after that moment. Negative infinity: nothing is
 * known of orders.
 */
export function latestShown(clocks: ClockFacts | undefined): (node: string, by: number) => number {
  if (clocks === undefined) return () => -Infinity;
  const reigns = Map.groupBy(reignsOf(clocks.orders), ({ node }) => node);
  return (node, by) => {
    const begun = (reigns.get(node) ?? []).filter(({ from }) => from <= by);
    if (begun.length === 0) return clocks.unixMs + by / NS_PER_MS + ORDER_ERROR_MS;
    return Math.max(
      ...begun.map((reign) => shownBy({ ...reign, until: EVER.until }, reign.from, by, clocks.unixMs).highMs),
    );
  };
}

/** How far a time lies from the nearest span: 0 inside one, negative before it, positive after it. */
export function apartMs(spans: readonly ClockSpan[], unixMs: number): number {
  const distances = spans.map(({ lowMs, highMs }) =>
    unixMs < lowMs ? unixMs - lowMs : unixMs > highMs ? unixMs - highMs : 0,
  );
  return distances.reduce((nearest, distance) => (Math.abs(distance) < Math.abs(nearest) ? distance : nearest));
}

/** By one order: as early and late as it was in force in the call, since as early and late as it may have taken force. */
function shownBy(reign: Reign, called: number, returned: number, unixMs: number): ClockSpan {
  const [early, late] = [Math.max(called, reign.from), Math.min(returned, reign.until)];
  const shown = (at: number, since: number): number =>
    unixMs + reign.offsetMs + at / NS_PER_MS + ((reign.rate - 1) * (at - since)) / NS_PER_MS;
  const corners = [early, late].flatMap((at) => [shown(at, reign.from), shown(at, Math.min(at, reign.to))]);
  return { lowMs: Math.min(...corners) - ORDER_ERROR_MS, highMs: Math.max(...corners) + ORDER_ERROR_MS };
}
