/**
 * Availability by the second: of the seconds in which a node was asked, the share in which it served. A second in which
 * nobody asked is no available second; it is not counted at all. A second that a disturbance, its grace or a stall of the
 * harness touches is left out whole.
 */
import type { Indicator } from '../core/indicator.ts';
import { MARK } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import { excluding, NODES_IN_WORDS, nodesOption, REQUESTS_LOST } from './shared/counting.ts';
import { nodeSeconds } from './shared/node-seconds.ts';

const options = z.strictObject({
  nodes: nodesOption.default('outside-reaches'),
  served: z
    .number()
    .positive()
    .max(1)
    .default(0.5)
    .describe('the share of the requests of one second to one node that has to get IDs for it to be available'),
});

export default {
  name: 'availability',
  summary: 'the share of seconds, of each node that was asked, in which it gave IDs',
  unit: 'ratio',
  better: 'more',
  options,
  example: { nodes: 'outside-reaches', served: 0.5 },
  what: ({ nodes, served }) =>
    `seconds in which a node gave IDs to ${served * 100} % of its requests or more${NODES_IN_WORDS[nodes]}`,

  measure({ requests, nodes: names }, spans, { nodes, served: share }) {
    if (requests === undefined) return REQUESTS_LOST;
    const { asked, served, marks } = nodeSeconds(requests, names.length, spans, 0);
    let [samples, available] = [0, 0];
    for (let place = 0; place < asked.length; place++) {
      if (asked[place] === 0 || (marks[place]! & (excluding(nodes) | MARK.standby)) !== 0) continue;
      samples++;
      if (served[place]! >= share * asked[place]!) available++;
    }
    return samples === 0 ? { samples } : { value: available / samples, samples };
  },
} satisfies Indicator<z.output<typeof options>>;
