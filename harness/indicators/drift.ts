/**
 * How far the clocks of nodes were measured from true time, over the control path, ahead or behind. What no node answered
 * to is no sample.
 */
import type { Indicator } from '../core/indicator.ts';
import { percentileOf } from '../core/percentile.ts';
import { z } from '../core/schema.ts';
import { excluding, isWithin, NODES_IN_WORDS, nodesOption } from './shared/counting.ts';

const options = z.strictObject({
  percentile: z.number().positive().max(100).default(100).describe('100: the greatest'),
  nodes: nodesOption.default('outside-reaches'),
});

export default {
  name: 'drift',
  summary: "how far nodes' clocks were measured from true time, ahead or behind",
  unit: 'ms',
  better: 'less',
  options,
  example: { percentile: 100, nodes: 'outside-reaches' },
  what: ({ percentile, nodes }) =>
    `distance of clocks from true time, ${percentile === 100 ? 'the greatest' : `p${percentile}`}${NODES_IN_WORDS[nodes]}`,

  measure({ journal, clocksUnseen, nodes: names, marksOf }, spans, { percentile, nodes }) {
    if (clocksUnseen === true) return { samples: 0, detail: 'The clocks of nodes that run elsewhere are not seen.' };
    const distances: number[] = [];
    for (const entry of journal) {
      if (entry.kind !== 'health' || !isWithin(spans, entry.at)) continue;
      const node = names.indexOf(entry.node);
      if ((marksOf(node, entry.at, entry.at) & excluding(nodes)) === 0) distances.push(Math.abs(entry.offsetMs));
    }
    const samples = distances.length;
    return samples === 0
      ? { samples }
      : { value: percentileOf(Float64Array.from(distances).sort(), percentile), samples };
  },
} satisfies Indicator<z.output<typeof options>>;
