/**
 * How full the ticks of IDs are: IDs of one worker in one tick, against the room that the sequence has. By emitted IDs and
 * the time in them.
 */
import type { Indicator } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import { isWithin } from './shared/counting.ts';

const options = z.strictObject({
  of: z
    .enum(['peak', 'mean'])
    .default('peak')
    .describe('peak: the fullest tick; mean: of the ticks in which a worker minted'),
});

export default {
  name: 'sequence-utilisation',
  summary: 'IDs of one worker in one tick, against the room that the sequence has; a sample is a tick of a worker',
  unit: 'ratio',
  better: 'less',
  needsRealTime: true,
  needsSequence: true,
  options,
  example: { of: 'peak' },
  what: ({ of }) => (of === 'peak' ? 'the fullest tick of a worker' : 'how full the ticks of workers are on average'),

  measure({ sequence, sequenceRoom }, spans, { of }) {
    if (sequence === undefined) return { samples: 0, detail: 'The store could not be asked how full ticks are.' };
    if (sequenceRoom === 0) return { samples: 0, detail: 'The IDs carry no sequence.' };
    const seconds = sequence.filter(({ at }) => isWithin(spans, at));
    const samples = seconds.reduce((sum, { ticks }) => sum + ticks, 0);
    if (samples === 0) return { samples };
    const peak = seconds.reduce((most, second) => Math.max(most, second.peak), 0);
    const ids = seconds.reduce((sum, second) => sum + second.ids, 0);
    return { value: (of === 'peak' ? peak : ids / samples) / sequenceRoom, samples };
  },
} satisfies Indicator<z.output<typeof options>>;
