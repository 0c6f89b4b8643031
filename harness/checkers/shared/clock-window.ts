/**
 * Between which values a node's wall clock may have stood during a call, from its readings just before and just after and
 * from the orders that its clock was given.
 *
 * A clock that ran true gives the two readings as bounds. One that jumped inside the call may have run on from the first
 * reading until it jumped, and may have run up to the second since: an ID minted before a step back carries a time later
 * than both readings, and is honest. One that was given orders inside the call may have shown what any of them asked for,
 * and its readings may agree though it was elsewhere between them.
 */
import type { ClockFacts, Reign } from '../../core/clock-orders.ts';
import { reignsOf } from '../../core/clock-orders.ts';
import { NS_PER_MS } from '../../core/time.ts';

/** The wall clock ran true inside a call when it advanced as the monotonic clock did, give or take this. */
export const RAN_TRUE_MS = 1;
/** How far a clock may be from what it was ordered to show: whole milliseconds, and true time was read once. */
const ORDER_ERROR_MS = 1;

export interface ClockCall {
  /** Index into the list of nodes. */
  readonly node: number;
  readonly called: number;
  readonly returned: number;
  readonly wallCalledMs: number;
  readonly wallReturnedMs: number;
}

export interface ClockWindow {
  readonly lowMs: number;
  readonly highMs: number;
  /** Nobody gave the clock an order inside the call, and it advanced as the monotonic clock did. */
  readonly ranTrue: boolean;
}

/** What of a history or of facts tells of clocks. */
interface Told {
  readonly nodes: readonly string[];
  readonly clocks?: ClockFacts;
}

/** The window of each call. */
export function clockWindows({ nodes, clocks }: Told): (call: ClockCall) => ClockWindow {
  const reigns = Map.groupBy(reignsOf(clocks?.orders ?? []), ({ node }) => nodes.indexOf(node));
  return (call) => {
    const { called, returned, wallCalledMs, wallReturnedMs } = call;
    const elapsedMs = (returned - called) / NS_PER_MS;
    const advancedTrue = Math.abs(wallReturnedMs - wallCalledMs - elapsedMs) <= RAN_TRUE_MS;
    const runMs = advancedTrue ? 0 : elapsedMs + RAN_TRUE_MS;
    const lowMs = Math.min(wallCalledMs, wallReturnedMs, wallReturnedMs - runMs);
    const highMs = Math.max(wallCalledMs, wallReturnedMs, wallCalledMs + runMs);
    const own = reigns.get(call.node) ?? [];
    if (clocks === undefined || !own.some(({ from, to }) => from <= returned && to >= called))
      return { lowMs, highMs, ranTrue: advancedTrue };
    const inForce = own.filter(({ from, until }) => from <= returned && until >= called);
    const shown = inForce.flatMap((reign) => shownBy(reign, called, returned, clocks.unixMs));
    return {
      lowMs: Math.min(lowMs, Math.min(...shown) - ORDER_ERROR_MS),
      highMs: Math.max(highMs, Math.max(...shown) + ORDER_ERROR_MS),
      ranTrue: false,
    };
  };
}

/** The corners of what a clock may have shown by one order in a call: as early and late as it was in force, since when it was. */
function shownBy(reign: Reign, called: number, returned: number, unixMs: number): readonly number[] {
  const [early, late] = [Math.max(called, reign.from), Math.min(returned, reign.until)];
  const shown = (at: number, since: number): number =>
    unixMs + reign.offsetMs + at / NS_PER_MS + ((reign.rate - 1) * (at - since)) / NS_PER_MS;
  return [early, late].flatMap((at) => [shown(at, reign.from), shown(at, Math.min(at, reign.to))]);
}

export interface SqlClockWindow {
  /** The bounds that the readings alone give. */
  readonly low: string;
  readonly high: string;
  /** The bounds with what was ordered: costly where there are many orders, and never narrower. */
  readonly lowest: string;
  readonly highest: string;
  readonly ranTrue: string;
}

/** The same over the columns of the table `batches`. */
export function sqlClockWindow({ nodes, clocks }: Told): SqlClockWindow {
  const elapsed = `((returned - called) / ${NS_PER_MS})`;
  const advancedTrue = `abs(wall_returned_ms - wall_called_ms - ${elapsed}) <= ${RAN_TRUE_MS}`;
  const run = `if(${advancedTrue}, 0, ${elapsed} + ${RAN_TRUE_MS})`;
  const low = `least(wall_called_ms, wall_returned_ms, wall_returned_ms - ${run})`;
  const high = `greatest(wall_called_ms, wall_returned_ms, wall_called_ms + ${run})`;
  const reigns = reignsOf(clocks?.orders ?? []);
  if (clocks === undefined || reigns.length === 0)
    return { low, high, lowest: low, highest: high, ranTrue: advancedTrue };

  const column = (of: (reign: Reign) => number): string => `[${reigns.map(of).map(sqlFloat).join(', ')}]`;
  const node = column((reign) => nodes.indexOf(reign.node));
  const [from, to, until] = [column((r) => r.from), column((r) => r.to), column((r) => r.until)];
  const [offset, rate] = [column((r) => r.offsetMs), column((r) => r.rate)];
  const touched = `arrayExists((n, f, t) -> n = node and f <= returned and t >= called, ${node}, ${from}, ${to})`;
  const [early, late] = ['greatest(toFloat64(called), f)', 'least(toFloat64(returned), u)'];
  const shown = (at: string, since: string): string =>
    `${sqlFloat(clocks.unixMs)} + o + ${at} / ${NS_PER_MS} + (r - 1) * (${at} - ${since}) / ${NS_PER_MS}`;
  const corners = [early, late].flatMap((at) => [shown(at, 'f'), shown(at, `least(${at}, t)`)]).join(', ');
  const among = (outermost: 'least' | 'greatest', otherwise: string): string =>
    `arrayMap((n, f, t, u, o, r) -> if(n = node and f <= returned and u >= called, ${outermost}(${corners}), ${otherwise}),
       ${node}, ${from}, ${to}, ${until}, ${offset}, ${rate})`;
  return {
    low,
    high,
    lowest: `if(${touched}, least(${low}, arrayMin(${among('least', 'inf')}) - ${ORDER_ERROR_MS}), ${low})`,
    highest: `if(${touched}, greatest(${high}, arrayMax(${among('greatest', '-inf')}) + ${ORDER_ERROR_MS}), ${high})`,
    ranTrue: `(${advancedTrue} and not ${touched})`,
  };
}

/** A literal of type Float64, exact. */
function sqlFloat(value: number): string {
  return `toFloat64('${value}')`;
}
