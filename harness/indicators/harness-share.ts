/** How much of the machine the harness and its store took: a share of all its CPUs, on average. The nodes are not in it. */
import type { Indicator } from '../core/indicator.ts';
import { z } from '../core/schema.ts';
import { isWithin } from './shared/counting.ts';

const options = z.strictObject({});

export default {
  name: 'harness-share',
  summary: "what the harness and its store took of the machine's CPUs, nodes not counted",
  unit: 'ratio',
  better: 'less',
  options,
  example: {},
  what: () => "share of the machine's CPUs that the harness and its store took",
  needsRealTime: true,

  measure({ journal }, spans) {
    const shares = journal.flatMap((entry) =>
      entry.kind === 'pace' && isWithin(spans, entry.at)
        ? [Math.min(1, (entry.cpus + (entry.storeCpus ?? 0)) / entry.ofCpus)]
        : [],
    );
    const samples = shares.length;
    return samples === 0 ? { samples } : { value: shares.reduce((sum, share) => sum + share, 0) / samples, samples };
  },
} satisfies Indicator<z.output<typeof options>>;
