/**
 * The process of one node is asked to end with SIGTERM and given time to put its affairs in order: it gives its worker ID
 * back, so that a successor may have it at once.
 */
import { graceMs, leavingFault } from '../core/leaving.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

export default leavingFault({
  name: 'terminate',
  summary: 'the process of a node is asked to end with SIGTERM, and started again at the heal',
  options: z.strictObject({
    node: nodeTarget,
    graceMs: graceMs.describe(
      'milliseconds that it has to end by itself; then it is killed, and the fault did not bite',
    ),
  }),
  example: { node: 'n1', graceMs: 2000 },
  nodesOf: ({ node }) => [node],
  graceMsOf: ({ graceMs }) => graceMs,
});
