/**
 * Some nodes leave the cluster in good order, all at the same time. Their worker IDs are free at once, for successors
 * that know nothing of the clocks by which the leavers minted.
 */
import { graceMs, leavingFault } from '../core/leaving.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

export default leavingFault({
  name: 'scale-down',
  summary: 'some nodes are asked to end with SIGTERM at the same time, and started again at the heal',
  options: z.strictObject({
    nodes: z.array(nodeTarget).min(1).describe('the nodes that leave'),
    graceMs: graceMs.describe('milliseconds that they have to end'),
  }),
  example: { nodes: ['n1', 'n2'], graceMs: 2000 },
  refuses: ({ nodes }, cluster) =>
    cluster.nodes.every((node) => nodes.includes(node)) ? 'No node would be left to go on.' : undefined,
  nodesOf: ({ nodes }) => nodes,
  graceMsOf: ({ graceMs }) => graceMs,
});
