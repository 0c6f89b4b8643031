/**
 * IDs that clients received against those that they were to ask for. Arrivals that were never sent are part of what was
 * asked, for a node that is slow is sent less; but the harness may have been the slow one, so an objective that is missed
 * by them alone is not decided.
 */
import type { Indicator } from '../core/indicator.ts';
import { MARK } from '../core/indicator.ts';
import { counted } from '../core/phrases.ts';
import { z } from '../core/schema.ts';
import {
  excluding,
  forEachRequest,
  NODES_IN_WORDS,
  nodesOption,
  REQUESTS_LOST,
  unsentWithin,
} from './shared/counting.ts';

const options = z.strictObject({ nodes: nodesOption.default('outside-reaches') });

export default {
  name: 'achieved-rate',
  summary: 'IDs a second that clients received against those that the load was to ask for',
  unit: 'ratio',
  better: 'more',
  options,
  example: { nodes: 'outside-reaches' },
  what: ({ nodes }) => `IDs received against IDs asked for${NODES_IN_WORDS[nodes]}`,

  measure(facts, spans, { nodes }) {
    const { requests, idsPerRequest } = facts;
    if (requests === undefined) return REQUESTS_LOST;
    const without = excluding(nodes) | MARK.standby;
    let [samples, received] = [0, 0];
    forEachRequest(requests, spans, without, (row) => {
      samples++;
      received += requests.count[row]!;
    });
    if (samples === 0) return { samples };
    const unsent = unsentWithin(facts, spans, without);
    const of = (requested: number): number => received / (requested * idsPerRequest);
    if (unsent === 0) return { value: of(samples), samples };
    const detail = `${counted(unsent, 'request')} beside the ${counted(samples, 'request')} were to be sent, and were not.`;
    return { value: of(samples + unsent), atBest: of(samples), samples, detail };
  },
} satisfies Indicator<z.output<typeof options>>;
