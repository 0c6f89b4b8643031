/** How long what nodes had committed to their taps waited to be stored: the longest within any second. */
import type { Indicator } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import { isWithin } from './shared/counting.ts';

const options = z.strictObject({});

export default {
  name: 'collector-lag',
  summary: 'how long what nodes had committed waited to be stored, the longest',
  unit: 'ms',
  better: 'less',
  options,
  example: {},
  what: () => 'time from a commit until it is stored, the longest',
  needsRealTime: true,

  measure({ journal }, spans) {
    const lags = journal.flatMap((entry) => (entry.kind === 'pace' && isWithin(spans, entry.at) ? [entry.lagMs] : []));
    const samples = lags.length;
    return samples === 0 ? { samples } : { value: Math.max(...lags), samples };
  },
} satisfies Indicator<z.output<typeof options>>;
