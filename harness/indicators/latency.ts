/**
 * Latency as clients saw it, from the moment at which a request was due to its answer. Of answers with IDs; a request
 * without an answer counts with its timeout, for that is how long its client waited at the least: a node that answers
 * nobody has no good latency. Refusals and errors are quick and give nothing: they are left to the error ratio.
 */
import type { Indicator } from '../core/indicator.ts';
import { percentileOf } from '../core/percentile.ts';
import { z } from '../core/schema.ts';
import { msToNs, nsToMs } from '../core/time.ts';
import {
  excluding,
  forEachRequest,
  gotIds,
  NO_ANSWER,
  NODES_IN_WORDS,
  nodesOption,
  REQUESTS_LOST,
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

  measure({ requests, scenario }, spans, { percentile, nodes }) {
    if (requests === undefined) return REQUESTS_LOST;
    const timeoutNs = msToNs(scenario.load.timeoutMs);
    const latencies = new Float64Array(requests.length);
    let samples = 0;
    forEachRequest(requests, spans, excluding(nodes), (row) => {
      const waited = requests.received[row]! - requests.sent[row]!;
      if (gotIds(requests, row)) latencies[samples++] = waited;
      else if (requests.status[row] === NO_ANSWER) latencies[samples++] = Math.max(waited, timeoutNs);
    });
    if (samples === 0) return { samples };
    return { value: nsToMs(percentileOf(latencies.subarray(0, samples).sort(), percentile)), samples };
  },
} satisfies Indicator<z.output<typeof options>>;
