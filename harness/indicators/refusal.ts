/**
 * What a disturbance costs: seconds for which worker IDs (nodes, where there is no pool) gave their clients nothing, within
 * the reach of a disturbance. Two that are dark for a second are two seconds. A node that stands by is not missed: in each
 * second as many nodes as there are worker IDs have to serve, whichever they are.
 */
import type { Indicator } from '../core/indicator.ts';
import { MARK } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import { holdersOf, REQUESTS_LOST } from './shared/counting.ts';
import { nodeSeconds } from './shared/node-seconds.ts';

const options = z.strictObject({});

export default {
  name: 'refusal',
  summary: 'seconds for which worker IDs (or nodes) gave clients nothing, within the reach of a disturbance',
  unit: 's',
  better: 'less',
  afterDisturbances: true,
  options,
  example: {},
  what: () => 'seconds without IDs within the reach of a disturbance, added up over worker IDs',

  measure(facts, spans) {
    const { requests, nodes } = facts;
    if (requests === undefined) return REQUESTS_LOST;
    const holders = holdersOf(facts);
    const { seconds, asked, served, marks } = nodeSeconds(requests, nodes.length, spans, MARK.deaf);
    let [samples, dark] = [0, 0];
    for (let second = 0; second < seconds; second++) {
      let [askedNodes, serving, isInReach] = [0, 0, false];
      for (let place = second; place < asked.length; place += seconds) {
        if (asked[place] === 0) continue;
        askedNodes++;
        serving += served[place]! / asked[place]!;
        isInReach ||= (marks[place]! & MARK.reach) !== 0;
      }
      if (!isInReach) continue;
      samples++;
      // A worker ID that passes from one node to another within the second may be served by both, for a share each.
      dark += Math.max(0, Math.min(holders, askedNodes) - serving);
    }
    return samples === 0 ? { samples } : { value: dark, samples };
  },
} satisfies Indicator<z.output<typeof options>>;
