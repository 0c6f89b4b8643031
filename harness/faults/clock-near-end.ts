/**
 * The wall clock of one node is set shortly before the first time that no ID can carry, and runs beyond it. A generator
 * that shifts such a time into place spills it into the sign bit, or begins anew at its epoch.
 */
import { momentFault, momentTarget, resolvedMs } from '../core/clock-moment.ts';
import type { Fault } from '../core/fault.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

const options = z.strictObject({
  node: nodeTarget,
  end: momentTarget,
  beforeMs: z.int().nonnegative().describe('how long before it the clock stands at the inject, in milliseconds'),
});

export default momentFault({
  name: 'clock-near-end',
  summary:
    'the wall clock of a node is set shortly before the end of the time bits, and returns to true time at the heal',
  options,
  // 2^41 ms after 2024-01-01T00:00Z.
  example: { node: 'n1', end: 3_903_090_455_552, beforeMs: 2000 },
  momentMs: ({ end, beforeMs }) => resolvedMs(end) - beforeMs,
}) satisfies Fault<z.output<typeof options>>;
