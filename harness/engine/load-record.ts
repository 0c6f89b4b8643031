/** What the record of a run tells of its load, and what each node was really asked for. Pure. */
import type { RequestColumns } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import { loadRate } from '../core/load-rate.ts';
import { NOT_COMPARED } from '../core/received-ids.ts';
import type { LoadRecord } from '../core/run.ts';
import type { Load } from '../core/scenario.ts';
import { nsToMs, type RunNs } from '../core/time.ts';
import { phaseBegin } from './phase-begin.ts';

const OK = REQUEST_STATUS.indexOf('ok');

/** Undefined where no load began, or what clients received is lost. */
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
  const latencies: number[] = [];
  for (let i = 0; i < requests.length; i++) {
    if (requests.status[i] !== OK || requests.count[i] === 0) continue;
    latencies.push(nsToMs(requests.received[i]! - requests.sent[i]!));
    if (requests.digest[i] !== NOT_COMPARED) compared++;
  }
  const sorted = Float64Array.from(latencies).sort();
  const percentile = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const latency = !virtualTime && sorted.length > 0 && { p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
  return { ...client, compared, answered: latencies.length, ...latency };
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
