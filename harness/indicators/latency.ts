/**
 * Latency as clients saw it, from the moment at which a request was due to its answer. Of answers with IDs; a request
 * without an answer counts with its timeout, for that is how long its client waited at the least: a node that answers
 * nobody has no good latency. Refusals and errors are quick and give nothing: they are left to the error ratio.
 *
 * Requests that were to be sent and were not (too many were open, or the harness came too late) would have waited for
 * nobody knows how long. Each counts with the timeout too; an objective that is missed by them alone is not decided.
 */
import { gotIds } from '../core/history.ts';
import type { Indicator, MarkedRequests, Span } from '../core/indicator.ts';
import { percentileOf } from '../core/percentile.ts';
import { counted } from '../core/phrases.ts';
import { z } from '../core/schema.ts';
import { msToNs, nsToMs } from '../core/time.ts';
import type { Nodes } from './shared/counting.ts';
import {
  excluding,
  forEachRequest,
  NO_ANSWER,
  NODES_IN_WORDS,
  nodesOption,
  REQUESTS_LOST,
  unsentWithin,
} from './shared/counting.ts';

const options = z.strictObject({
  percentile: z.number().positive().max(100).describe('such as 99: so many percent of the latencies are no longer'),
  nodes: nodesOption.default('all'),
});

export default {
  name: 'latency',
  summary: 'how long clients waited for their IDs: a percentile of answered requests; no answer counts as the timeout',
  unit: 'ms',
  better: 'less',
  needsRealTime: true,
  options,
  example: { percentile: 99, nodes: 'all' },
  what: ({ percentile, nodes }) => `latency of answered requests, p${percentile}${NODES_IN_WORDS[nodes]}`,

  measure(facts, spans, { percentile, nodes }) {
    const { requests, scenario } = facts;
    if (requests === undefined) return REQUESTS_LOST;
    const sorted = remembered(requests, JSON.stringify([spans, nodes, scenario.load.timeoutMs]), () =>
      sortedLatencies(requests, spans, nodes, msToNs(scenario.load.timeoutMs)),
    );
    const samples = sorted.length;
    if (samples === 0) return { samples };
    const atBest = nsToMs(percentileOf(sorted, percentile));
    const unsent = unsentWithin(facts, spans, excluding(nodes));
    if (unsent === 0) return { value: atBest, samples };
    const longest = Math.max(sorted.at(-1)!, msToNs(scenario.load.timeoutMs));
    const value = nsToMs(Math.min(longest, percentileOf(sorted, percentile, unsent)));
    const detail = `${counted(unsent, 'request')} beside these were to be sent, and were not: as slow as a timeout, for all that is known.`;
    return { value, atBest, samples, detail };
  },
} satisfies Indicator<z.output<typeof options>>;

function sortedLatencies(
  requests: MarkedRequests,
  spans: readonly Span[],
  nodes: Nodes,
  timeoutNs: number,
): Float64Array {
  const { sent, received, status } = requests;
  const latencies = new Float64Array(requests.length);
  let samples = 0;
  forEachRequest(requests, spans, excluding(nodes), (row) => {
    const waited = received[row]! - sent[row]!;
    if (gotIds(requests, row)) latencies[samples++] = waited;
    else if (status[row] === NO_ANSWER) latencies[samples++] = Math.max(waited, timeoutNs);
  });
  return latencies.slice(0, samples).sort();
}

/** Several percentiles are asked of the same requests, and to sort millions takes longer than all else. */
const sortedOnce = new WeakMap<MarkedRequests, Map<string, Float64Array>>();

function remembered(requests: MarkedRequests, key: string, sort: () => Float64Array): Float64Array {
  const known = sortedOnce.get(requests) ?? new Map<string, Float64Array>();
  sortedOnce.set(requests, known);
  const sorted = known.get(key) ?? sort();
  known.set(key, sorted);
  return sorted;
}
