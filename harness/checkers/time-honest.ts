/**
 * `time-honest`: the time inside an ID is what the node's own wall clock showed around the call, within the promised
 * bounds. How far that clock is from true time is drift, and none of this checker's business.
 *
 * Time is the most significant field, so the lowest and the greatest ID of a batch decide for all of it.
 */
import type { Checker } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/checker.ts';
import type { PromiseOf } from '../core/guarantee.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import type { Layout } from '../core/layout.ts';
import { lifeOf } from '../core/phrases.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { clockWindows, sqlClockWindow } from './shared/clock-window.ts';
import { extremesOf } from './shared/extremes.ts';
import { sqlTick } from './shared/sql.ts';

interface Dishonest {
  readonly called: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly embeddedMs: number;
  readonly clue: Clue & { readonly id: string };
}

export default {
  judges: 'time-honest',
  summary: "compares the time in IDs with the node's own clock around the call, batch by batch",

  fold(history, promise) {
    const bounds = promiseOf('time-honest', promise);
    const { layout, batches } = history;
    const ids = idReader(history);
    const timeOf = (index: number): number => layout.epochMs + ids.tick(index) * layout.tickMs;
    const windowOf = clockWindows(history);
    let checked = 0;
    const dishonest: Dishonest[] = [];
    for (const { node, incarnation, lane, batches: members } of lanesOf(batches))
      for (const batch of members) {
        checked++;
        const called = batches.called[batch]!;
        const wallCalledMs = batches.wallCalledMs[batch]!;
        const wallReturnedMs = batches.wallReturnedMs[batch]!;
        const returned = batches.returned[batch]!;
        const window = windowOf({ node, called, returned, wallCalledMs, wallReturnedMs });
        const { lowest, greatest } = extremesOf(batches, ids, batch);
        const tooOld = timeOf(lowest) + layout.tickMs <= window.lowMs - bounds.pastMs;
        const tooNew = timeOf(greatest) > window.highMs + bounds.futureMs;
        if (!tooOld && !tooNew) continue;
        const index = tooOld ? lowest : greatest;
        const seq = batches.firstSeq[batch]! + index - batches.firstId[batch]!;
        dishonest.push({
          called,
          ...window,
          embeddedMs: timeOf(index),
          clue: { node, incarnation, lane, seq, id: String(ids.at(index)) },
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
    const { low, high, lowest, highest } = sqlClockWindow(facts);
    const plain = sqlDishonest(facts.layout, bounds, low, high);
    // What was ordered only widens a window: what the readings alone excuse needs no second look.
    const suspects = `(select *, ${lowest} as low_ms, ${highest} as high_ms from batches
      where count > 0 and (${plain.old} or ${plain.future}))`;
    const { old, future } = sqlDishonest(facts.layout, bounds, 'low_ms', 'high_ms');
    const [all] = await store.rows<{ checked: string }>('select count() as checked from batches where count > 0');
    const [counted] = await store.rows<{ violations: string }>(
      `select count() as violations from ${suspects} where ${old} or ${future}`,
    );
    const violations = Number(counted?.violations ?? 0);
    const rows =
      violations === 0
        ? []
        : await store.rows<DishonestRow>(
            `select node, incarnation, lane, first_seq, called, low_ms, high_ms,
               if(${old}, min_id, max_id) as id, ${sqlTime(facts.layout, 'id')} as embedded_ms
             from ${suspects} where ${old} or ${future}
             order by called, node, lane, first_seq limit ${WITNESSES_MAX}`,
          );
    const dishonest = rows.map((row) => ({
      called: Number(row.called),
      lowMs: row.low_ms,
      highMs: row.high_ms,
      embeddedMs: row.embedded_ms,
      clue: {
        node: row.node,
        incarnation: row.incarnation,
        lane: row.lane,
        seq: Number(row.first_seq),
        id: row.id,
        seek: true,
      },
    }));
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
  readonly low_ms: number;
  readonly high_ms: number;
  readonly id: string;
  readonly embedded_ms: number;
}

/** A tick is as old as its end: a clock that read 10.7 ms gives tick 10. */
function sqlDishonest(
  layout: Layout,
  { pastMs, futureMs }: Bounds,
  low: string,
  high: string,
): { readonly old: string; readonly future: string } {
  return {
    old: `${sqlTime(layout, 'min_id')} + ${layout.tickMs} <= ${low} - ${pastMs}`,
    future: `${sqlTime(layout, 'max_id')} > ${high} + ${futureMs}`,
  };
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
    witnesses: dishonest.slice(0, WITNESSES_MAX).map(({ clue, lowMs, highMs, embeddedMs }) => {
      const life = lifeOf({ node: nodes[clue.node]!, incarnation: clue.incarnation });
      const distance =
        embeddedMs < lowMs
          ? `${Math.ceil(lowMs - embeddedMs)} ms before`
          : `${Math.ceil(embeddedMs - highMs)} ms after`;
      return {
        what: `ID ${clue.id} carries a time ${distance} what the clock of ${life} showed around the call; promised are ${pastMs} ms before and ${futureMs} ms after.`,
        clues: [clue],
      };
    }),
  };
}
