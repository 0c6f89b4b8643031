/**
 * `time-honest`: the time inside an ID is what the node's own wall clock showed around the call, within the promised
 * bounds. How far that clock is from true time is drift, and none of this checker's business.
 *
 * Time is the most significant field, so the lowest and the greatest ID of a batch decide for all of it, wherever the
 * clock showed one stretch of time. Where it jumped, each of the two is held against all that it showed; an ID between
 * them that carries a time which the clock leapt over goes unseen.
 */
import type { Checker } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { ClockSpan } from '../core/clock-window.ts';
import { apartMs, clockWindows } from '../core/clock-window.ts';
import type { PromiseOf } from '../core/guarantee.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import type { Layout } from '../core/layout.ts';
import { lifeOf } from '../core/phrases.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { extremesOf } from './shared/extremes.ts';
import { sqlTick } from '../core/id-sql.ts';
import { sqlClockWindow } from './shared/sql-clock-window.ts';

interface Dishonest {
  readonly called: number;
  /** From what the clock showed; negative: before it. */
  readonly apartMs: number;
  readonly clue: Clue & { readonly id: string };
}

export default {
  judges: 'time-honest',
  summary: "compares the time in IDs with the node's own clock around the call, batch by batch",

  fold(history, promise) {
    const bounds = promiseOf('time-honest', promise);
    const { layout, batches, nodes, clocks } = history;
    if (layout.timeBits === 0) return concludeFromHistory(history, draftOf(nodes, bounds, 0, 0, []));
    const ids = idReader(history);
    const timeOf = (index: number): number => layout.epochMs + ids.tick(index) * layout.tickMs;
    const windowOf = clockWindows(clocks);
    let checked = 0;
    const dishonest: Dishonest[] = [];
    for (const { node, incarnation, lane, batches: members } of lanesOf(batches))
      for (const batch of members) {
        checked++;
        const called = batches.called[batch]!;
        const wallCalledMs = batches.wallCalledMs[batch]!;
        const wallReturnedMs = batches.wallReturnedMs[batch]!;
        const returned = batches.returned[batch]!;
        const { spans } = windowOf(nodes[node]!, { called, returned, wallCalledMs, wallReturnedMs });
        const { lowest, greatest } = extremesOf(batches, ids, batch);
        const extremes = [lowest, greatest].map((index) => ({ index, unixMs: timeOf(index) }));
        const found = farthest(extremes, spans, layout, bounds);
        if (found === undefined) continue;
        const seq = batches.firstSeq[batch]! + found.index - batches.firstId[batch]!;
        dishonest.push({
          called,
          apartMs: found.apartMs,
          clue: { node, incarnation, lane, seq, id: String(ids.at(found.index)) },
        });
      }
    dishonest.sort(
      (a, b) =>
        a.called - b.called || a.clue.node - b.clue.node || a.clue.lane - b.clue.lane || a.clue.seq - b.clue.seq,
    );
    return concludeFromHistory(history, draftOf(history.nodes, bounds, checked, dishonest.length, dishonest));
  },

  async sql(store, facts, promise) {
    const bounds = promiseOf('time-honest', promise);
    const { layout } = facts;
    if (layout.timeBits === 0) return concludeFromStore(store, facts, draftOf(facts.nodes, bounds, 0, 0, []));
    const { low, high, surely, columns } = sqlClockWindow(facts);
    const bothWithin = `${sqlHonest('lowest_ms', layout, bounds, low, high)}
      and ${sqlHonest('greatest_ms', layout, bounds, low, high)}`;
    const dishonestBy = (time: string): string =>
      `not arrayExists(span -> ${sqlHonest(time, layout, bounds, 'span.1', 'span.2')}, spans)`;
    // What was ordered is looked at for those batches alone that the readings do not clear.
    const dishonestRows = `(
      select *, ${columns} from (
        select *, ${sqlTime(layout, 'min_id')} as lowest_ms, ${sqlTime(layout, 'max_id')} as greatest_ms
        from batches where count > 0 and not (${surely} and ${bothWithin}))
      where ${dishonestBy('lowest_ms')} or ${dishonestBy('greatest_ms')})`;
    const [all] = await store.rows<{ checked: string }>('select count() as checked from batches where count > 0');
    const [counted] = await store.rows<{ violations: string }>(`select count() as violations from ${dishonestRows}`);
    const violations = Number(counted?.violations ?? 0);
    const rows =
      violations === 0
        ? []
        : await store.rows<DishonestRow>(
            `select node, incarnation, lane, first_seq, called, min_id, max_id, lowest_ms, greatest_ms, spans
             from ${dishonestRows} order by called, node, lane, first_seq limit ${WITNESSES_MAX}`,
          );
    const dishonest = rows.map((row) => {
      const spans = row.spans.map(([lowMs, highMs]) => ({ lowMs, highMs }));
      const extremes = [
        { id: row.min_id, unixMs: row.lowest_ms },
        { id: row.max_id, unixMs: row.greatest_ms },
      ];
      const { id, apartMs: apart } = farthest(extremes, spans, layout, bounds)!;
      const { node, incarnation, lane } = row;
      const clue = { node, incarnation, lane, seq: Number(row.first_seq), id, seek: true } as const;
      return { called: Number(row.called), apartMs: apart, clue };
    });
    return concludeFromStore(
      store,
      facts,
      draftOf(facts.nodes, bounds, Number(all?.checked ?? 0), violations, dishonest),
    );
  },
} satisfies Checker;

type Bounds = PromiseOf<'time-honest'>;

interface DishonestRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly first_seq: string;
  readonly called: string;
  readonly min_id: string;
  readonly max_id: string;
  readonly lowest_ms: number;
  readonly greatest_ms: number;
  readonly spans: readonly (readonly [number, number])[];
}

/** Of the IDs whose time the clock did not show, the one that is farthest from what it showed. */
function farthest<I extends { readonly unixMs: number }>(
  ids: readonly I[],
  spans: readonly ClockSpan[],
  layout: Layout,
  bounds: Bounds,
): (I & { readonly apartMs: number }) | undefined {
  const dishonest = ids
    .filter(({ unixMs }) => !spans.some((span) => isHonest(unixMs, layout, bounds, span)))
    .map((id) => ({ ...id, apartMs: apartMs(spans, id.unixMs) }));
  const [first, second] = dishonest;
  return first !== undefined && second !== undefined && Math.abs(second.apartMs) > Math.abs(first.apartMs)
    ? second
    : first;
}

/** A tick is as old as its end: a clock that read 10.7 ms gives tick 10. */
function isHonest(
  unixMs: number,
  { tickMs }: Layout,
  { pastMs, futureMs }: Bounds,
  { lowMs, highMs }: ClockSpan,
): boolean {
  return unixMs + tickMs > lowMs - pastMs && unixMs <= highMs + futureMs;
}

function sqlHonest(
  unixMs: string,
  { tickMs }: Layout,
  { pastMs, futureMs }: Bounds,
  lowMs: string,
  highMs: string,
): string {
  return `(${unixMs} + ${tickMs} > ${lowMs} - ${pastMs} and ${unixMs} <= ${highMs} + ${futureMs})`;
}

function sqlTime(layout: Layout, id: string): string {
  return `(${layout.epochMs} + toFloat64(${sqlTick(layout, id)}) * ${layout.tickMs})`;
}

function draftOf(
  nodes: readonly string[],
  { pastMs, futureMs }: Bounds,
  checked: number,
  violations: number,
  dishonest: readonly Dishonest[],
): Draft {
  return {
    guarantee: 'time-honest',
    checked,
    unit: 'batches',
    violations,
    outsideAssumptions: 0,
    undecided: 0,
    witnesses: dishonest.slice(0, WITNESSES_MAX).map(({ clue, apartMs: apart }) => {
      const life = lifeOf({ node: nodes[clue.node]!, incarnation: clue.incarnation });
      const distance = `${Math.ceil(Math.abs(apart))} ms ${apart < 0 ? 'before' : 'after'}`;
      return {
        what: `ID ${clue.id} carries a time ${distance} what the clock of ${life} showed around the call; promised are ${pastMs} ms before and ${futureMs} ms after.`,
        clues: [clue],
      };
    }),
  };
}
