/**
 * How often worker IDs were used by two nodes at once, or after their lease, by the acts of nodes: the violations that the
 * checker of `owns-worker-id` counts, promised or not.
 */
import type { Indicator } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import { isWithin } from './shared/counting.ts';

const options = z.strictObject({});

export default {
  name: 'worker-id-conflicts',
  summary: 'violations of owns-worker-id by the acts of nodes; a sample is a tenure',
  unit: 'count',
  better: 'less',
  wholeRun: true,
  options,
  example: {},
  what: () => 'conflicts about worker IDs, by acts',

  measure({ conflicts, tenures }, spans) {
    const samples = tenures.filter(({ from }) => isWithin(spans, from)).length;
    if (samples === 0) return { samples };
    if (conflicts === undefined)
      return { samples: 0, detail: 'The evidence does not decide who owned which worker ID.' };
    return { value: conflicts, samples };
  },
} satisfies Indicator<z.output<typeof options>>;
