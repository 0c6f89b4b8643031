/**
 * Orders to the wall clocks of nodes, and what the clocks may have shown because of them. Pure.
 */
import type { Offsets } from './clock-reading.ts';
import type { ClockSetting } from './cluster.ts';
import { TRUE_CLOCK } from './cluster.ts';
import type { JournalEntry } from './journal.ts';
import type { RunNs } from './time.ts';
import { nsToMs } from './time.ts';

/** A setting that a clock was given. It took force at one moment from `from` to `to`. */
export interface ClockOrder extends ClockSetting {
  readonly node: string;
  readonly from: RunNs;
  /** Undefined: the order failed, or was not seen to be followed, and may have taken force at any time since, or never. */
  readonly to?: RunNs;
}

/** What is known of all clocks of a run. */
export interface ClockFacts {
  /** True Unix milliseconds at the origin of the run. */
  readonly unixMs: number;
  readonly orders: readonly ClockOrder[];
}

/** An order with the span in which it took force and the end of its force. */
export interface Reign extends ClockSetting {
  readonly node: string;
  readonly from: RunNs;
  readonly to: RunNs;
  /** It was in force no later. */
  readonly until: RunNs;
}

/** Before and after all runs; finite, so that it can be computed with and written into SQL. */
export const EVER = { from: -1e15, until: 1e15 } as const;

/** Where the clock of what mints was not seen to follow, its node's orders may have taken force at any time, or never. */
export function ordersIn(journal: readonly JournalEntry[]): readonly ClockOrder[] {
  const doubted = new Set(
    journal.flatMap((entry) => (entry.kind === 'health' && entry.health.clockDoubt !== undefined ? [entry.node] : [])),
  );
  return journal.flatMap((entry) =>
    entry.kind === 'clock'
      ? [
          {
            node: entry.node,
            offsetMs: entry.offsetMs,
            rate: entry.rate,
            from: entry.from,
            ...(entry.took && !doubted.has(entry.node) && { to: entry.at }),
          },
        ]
      : [],
  );
}

/**
 * Who ruled which clock when, beginning with true time. An order ends when a later one has certainly taken force; one that
 * asks for what is set already changes nothing, and is none.
 */
export function reignsOf(orders: readonly ClockOrder[]): readonly Reign[] {
  return [...Map.groupBy(orders, ({ node }) => node)].flatMap(([node, own]) => {
    const begin: ClockOrder = { node, ...TRUE_CLOCK, from: EVER.from, to: EVER.from };
    const given = [begin, ...own].filter((order, index, all) => index === 0 || !isSet(order, all[index - 1]!));
    return given.map((order): Reign => {
      const ends = given.flatMap((later) =>
        later !== order && later.from >= order.from && later.to !== undefined ? [later.to] : [],
      );
      const ended = Math.min(EVER.until, ...ends);
      const to = order.to ?? ended;
      // Of two that were given side by side either may have been the last.
      return { ...order, to, until: Math.max(to, ended) };
    });
  });
}

/** Whether the order before it had certainly taken force already, and asked for the same. */
function isSet({ offsetMs, rate, from }: ClockOrder, before: ClockOrder): boolean {
  return before.offsetMs === offsetMs && before.rate === rate && before.to !== undefined && before.to <= from;
}

/** How far from true time a clock is at `at` by this order, whenever between `from` and `to` it took force. */
export function offsetsBy(
  { offsetMs, rate, from, to }: ClockSetting & { readonly from: RunNs; readonly to: RunNs },
  at: RunNs,
): Offsets {
  const least = (rate - 1) * nsToMs(at - Math.min(to, at));
  const most = (rate - 1) * nsToMs(at - from);
  return { lowMs: offsetMs + Math.min(least, most), highMs: offsetMs + Math.max(least, most) };
}
