/**
 * Whether the clock reading in a batch's greatest ID was certainly taken after a moment: it is none that the node could
 * have had before, from a clock that was put back since. Where the generator does not promise `time-honest`, the time in
 * an ID is no reading at all, and nothing is certain. Once as a fold, once as SQL.
 */
import type { SqlFacts } from '../../core/checker.ts';
import { clockWindows, latestShown } from '../../core/clock-window.ts';
import type { History } from '../../core/history.ts';
import { idReader } from '../../core/id-words.ts';
import { NS_PER_MS, type RunNs } from '../../core/time.ts';
import { extremesOf } from './extremes.ts';
import { sqlTick } from '../../core/id-sql.ts';
import { sqlClockWindow, sqlLatestShown } from './sql-clock-window.ts';

/**
 * How far the moment at which a clock was read may lie before the moment to which its reading maps: a millisecond
 * because a reading is rounded down, and one because a clock that ran true may be a millisecond off it.
 */
const READING_ERROR_MS = 2;

/** Of the batches of a history, which must hold an ID. */
export function readAfterIn(history: History): (batch: number, moment: RunNs) => boolean {
  const { batches: columns, clocks, layout, nodes, timeAheadMs } = history;
  if (timeAheadMs === undefined) return () => false;
  const ids = idReader(history);
  const windowOf = clockWindows(clocks);
  const shownBy = latestShown(clocks);
  return (batch, moment) => {
    const node = nodes[columns.node[batch]!]!;
    const called = columns.called[batch]!;
    const wallCalledMs = columns.wallCalledMs[batch]!;
    const wallReturnedMs = columns.wallReturnedMs[batch]!;
    const call = { called, returned: columns.returned[batch]!, wallCalledMs, wallReturnedMs };
    if (!windowOf(node, call).ranTrue) return false;
    const embedded = layout.epochMs + ids.tick(extremesOf(columns, ids, batch).greatest) * layout.tickMs;
    const reading = embedded - timeAheadMs;
    return (
      reading <= wallReturnedMs &&
      reading > shownBy(node, moment) &&
      called + (reading - wallCalledMs - READING_ERROR_MS) * NS_PER_MS > moment
    );
  };
}

/** Of the rows of the table `batches`, against the moment in the column `moment`. */
export function sqlReadAfter(facts: SqlFacts, moment: string): string {
  const { layout, timeAheadMs } = facts;
  if (timeAheadMs === undefined) return 'false';
  const reading = `(${layout.epochMs} + toFloat64(${sqlTick(layout, 'max_id')}) * ${layout.tickMs} - ${timeAheadMs})`;
  return `${sqlClockWindow(facts).ranTrue}
    and ${reading} <= wall_returned_ms
    and ${reading} > ${sqlLatestShown(facts, moment)}
    and toFloat64(called) + (${reading} - wall_called_ms - ${READING_ERROR_MS}) * ${NS_PER_MS} > ${moment}`;
}
