/**
 * The wall clock of one node shows a time before the first that an ID can carry, as on a machine whose clock was never
 * set. A generator that subtracts its epoch gets a negative time.
 */
import { momentFault, momentTarget, resolvedMs } from '../core/clock-moment.ts';
import type { Fault } from '../core/fault.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

const options = z.strictObject({
  node: nodeTarget,
  epoch: momentTarget,
  beforeMs: z.int().positive().describe('how long before it the clock stands at the inject, in milliseconds'),
});

export default momentFault({
  name: 'clock-before-epoch',
  summary: 'the wall clock of a node is set before the epoch of the IDs, and returns to true time at the heal',
  options,
  // 2024-01-01T00:00Z and an hour.
  example: { node: 'n1', epoch: 1_704_067_200_000, beforeMs: 3_600_000 },
  momentMs: ({ epoch, beforeMs }) => resolvedMs(epoch) - beforeMs,
}) satisfies Fault<z.output<typeof options>>;
