/**
 * The share of requests that got no IDs: refused, failed, without an answer, or answered with nothing. Those that the
 * harness never sent are neither here nor there. A node that stands by for others has nothing to give, and is not asked in
 * earnest: its refusals do not count.
 */
import { gotIds } from '../core/history.ts';
import type { Indicator } from '../core/indicator.ts';
import { MARK } from '../core/indicator.ts';
import { counted, grouped } from '../core/phrases.ts';
import { z } from '../core/schema.ts';
import { excluding, forEachRequest, NODES_IN_WORDS, nodesOption, REQUESTS_LOST } from './shared/counting.ts';
import { greatestMean } from './shared/most-likely.ts';

const options = z.strictObject({
  nodes: nodesOption.default('outside-reaches'),
  confidence: z
    .number()
    .min(0)
    .max(99.9)
    .default(0)
    .describe(
      'in percent: the value is the greatest ratio that the requests still allow for with this confidence (one-sided, by Poisson), such as 95; 0: what was seen',
    ),
});

export default {
  name: 'error-ratio',
  summary: 'the share of requests that got no IDs: refused, failed, or without an answer',
  unit: 'ratio',
  better: 'less',
  options,
  example: { nodes: 'outside-reaches', confidence: 0 },
  what: ({ nodes, confidence }) =>
    `requests that got no IDs${confidence === 0 ? '' : `, at most with ${confidence} % confidence`}${NODES_IN_WORDS[nodes]}`,

  measure({ requests }, spans, { nodes, confidence }) {
    if (requests === undefined) return REQUESTS_LOST;
    let [samples, failed] = [0, 0];
    forEachRequest(requests, spans, excluding(nodes) | MARK.standby, (row) => {
      samples++;
      if (!gotIds(requests, row)) failed++;
    });
    if (samples === 0) return { samples };
    const failures = confidence === 0 ? failed : greatestMean(failed, confidence / 100);
    const detail = `Of ${counted(samples, 'request')} ${grouped(failed)} got no IDs.`;
    return { value: Math.min(1, failures / samples), samples, detail };
  },
} satisfies Indicator<z.output<typeof options>>;
