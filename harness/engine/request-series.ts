/** Requests of all clients by the second, for the report: columns and one sort a second, no object a request. Pure. */
import type { RequestColumns } from '../core/history.ts';
import { gotIds, REQUEST_STATUS } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import { percentileOf } from '../core/percentile.ts';
import type { RequestPoint } from '../core/run.ts';
import { NS_PER_S, nsToMs } from '../core/time.ts';

const [OK, REFUSED, ERROR] = REQUEST_STATUS.map((_, code) => code) as [number, number, number, number];

/**
 * One point for each second of the run's axis from the first request to the last. Without `latencies` they are null: in
 * virtual time they mean nothing.
 */
export function requestSeries(
  requests: RequestColumns,
  journal: readonly JournalEntry[],
  { latencies }: { readonly latencies: boolean },
): readonly RequestPoint[] {
  const { length, sent, received, status } = requests;
  // An entry of the load tells of the second before it: it belongs to the second that most of that lies in.
  const unsent = journal.flatMap((entry) =>
    entry.kind === 'load' && entry.dropped > 0
      ? [{ second: Math.max(0, Math.floor((entry.at - NS_PER_S / 2) / NS_PER_S)), dropped: entry.dropped }]
      : [],
  );
  let [first, last] = [Infinity, -Infinity];
  const cover = (second: number): void => {
    first = Math.min(first, second);
    last = Math.max(last, second);
  };
  for (let row = 0; row < length; row++) cover(Math.floor(sent[row]! / NS_PER_S));
  for (const { second } of unsent) cover(second);
  if (first > last) return [];
  const seconds = last - first + 1;
  const column = (): Uint32Array => new Uint32Array(seconds);
  const counts = {
    sent: column(),
    ok: column(),
    refused: column(),
    errors: column(),
    noAnswer: column(),
    dropped: column(),
  };
  for (let row = 0; row < length; row++) {
    const second = Math.floor(sent[row]! / NS_PER_S) - first;
    counts.sent[second]! += 1;
    if (gotIds(requests, row)) counts.ok[second]! += 1;
    // An answer without IDs is none: it counts among the refusals.
    else if (status[row] === OK || status[row] === REFUSED) counts.refused[second]! += 1;
    else if (status[row] === ERROR) counts.errors[second]! += 1;
    else counts.noAnswer[second]! += 1;
  }
  for (const { second, dropped } of unsent) counts.dropped[second - first]! += dropped;
  const waits = latencies ? answeredBySecond() : undefined;
  return Array.from({ length: seconds }, (_, second) => {
    const waited = waits?.(second);
    const percentile = (percent: number): number | null =>
      waited === undefined || waited.length === 0 ? null : nsToMs(percentileOf(waited, percent));
    return {
      at: (first + second) * NS_PER_S,
      sent: counts.sent[second]!,
      ok: counts.ok[second]!,
      refused: counts.refused[second]!,
      errors: counts.errors[second]!,
      noAnswer: counts.noAnswer[second]!,
      dropped: counts.dropped[second]!,
      p50Ms: percentile(50),
      p99Ms: percentile(99),
      maxMs: percentile(100),
    };
  });

  /** Latencies of answers with IDs: all seconds in one array, each in its own stretch of it, in ascending order. */
  function answeredBySecond(): (second: number) => Float64Array {
    const begins = new Float64Array(seconds + 1);
    for (let second = 0; second < seconds; second++) begins[second + 1] = begins[second]! + counts.ok[second]!;
    const all = new Float64Array(begins[seconds]!);
    const next = begins.slice();
    for (let row = 0; row < length; row++)
      if (gotIds(requests, row)) {
        const second = Math.floor(sent[row]! / NS_PER_S) - first;
        all[next[second]!++] = received[row]! - sent[row]!;
      }
    return (second) => all.subarray(begins[second], begins[second + 1]).sort();
  }
}
