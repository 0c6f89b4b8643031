/** How long what nodes had committed to their taps waited to be looked at for violations: the longest that was measured. */
import type { Indicator } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import { isWithin } from './shared/counting.ts';

const options = z.strictObject({});

export default {
  name: 'live-lag',
  summary: 'how long what nodes had committed waited to be looked at while the run lasted, the longest',
  unit: 'ms',
  better: 'less',
  options,
  example: {},
  what: () => 'time from a commit until it is looked at, the longest',
  needsRealTime: true,

  measure({ journal }, spans) {
    const lags = journal.flatMap((entry) =>
      entry.kind === 'pace' && isWithin(spans, entry.at) ? [entry.liveLagMs] : [],
    );
    const samples = lags.length;
    return samples === 0 ? { samples } : { value: Math.max(...lags), samples };
  },
} satisfies Indicator<z.output<typeof options>>;
