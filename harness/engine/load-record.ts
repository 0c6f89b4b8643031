/** What the record of a run tells of its load, and what each node was really asked for. Pure. */
import type { RequestColumns } from '../core/history.ts';
import { gotIds } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import { loadRate } from '../core/load-rate.ts';
import { percentileOf } from '../core/percentile.ts';
import { NOT_COMPARED } from '../core/received-ids.ts';
import type { LoadRecord } from '../core/run.ts';
import type { Load } from '../core/scenario.ts';
import { nsToMs, type RunNs } from '../core/time.ts';
import { phaseBegin } from './phase-begin.ts';

/**
 * Undefined where no load began, or what clients received is lost. Its latencies are those of answers with IDs, whatever
 * else happened: how quick the client found the nodes. How long clients waited, those whom nobody answered among them, is
 * for the indicator `latency`.
 */
export function loadRecord(
  journal: readonly JournalEntry[],
  requests: RequestColumns | undefined,
  /** Of virtual time a latency says nothing: it is left out. */
  virtualTime: boolean,
): LoadRecord | undefined {
  const begun = journal.find((entry) => entry.kind === 'load client');
  if (begun === undefined || requests === undefined) return undefined;
  const { at: _at, kind: _kind, ...client } = begun;
  let compared = 0;
  const waited: number[] = [];
  for (let i = 0; i < requests.length; i++) {
    if (!gotIds(requests, i)) continue;
    waited.push(requests.received[i]! - requests.sent[i]!);
    if (requests.digest[i] !== NOT_COMPARED) compared++;
  }
  const sorted = Float64Array.from(waited).sort();
  const percentile = (percent: number): number => nsToMs(percentileOf(sorted, percent));
  const latency = !virtualTime && sorted.length > 0 && { p50Ms: percentile(50), p99Ms: percentile(99) };
  return { ...client, compared, answered: sorted.length, ...latency };
}

/** When clients asked: from the start of the warm-up to the last that is told of the load. Undefined: they never did. */
export function loadedSpan(journal: readonly JournalEntry[]): { readonly from: RunNs; readonly to: RunNs } | undefined {
  const loads = journal.filter((entry) => entry.kind === 'load');
  const from = phaseBegin(journal, 'warm-up') ?? loads.at(0)?.at;
  const to = loads.at(-1)?.at;
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** IDs that each node was asked for a second, on average: `idsPerSecond` is the rate at the start of the load. */
export function meanIdsPerSecond(idsPerSecond: number, load: Load, journal: readonly JournalEntry[]): number {
  const span = loadedSpan(journal);
  const lasted = span === undefined ? 0 : span.to - span.from;
  return lasted <= 0 ? idsPerSecond : (idsPerSecond * loadRate(load).even(lasted)) / lasted;
}
