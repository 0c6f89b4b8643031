/**
 * One node cannot reach any other member of the cluster, neither nodes nor coordinator. Clients still reach it: the worst
 * place for a node that holds a worker ID and does not know that it lost it.
 */
import { cutFault } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

export default cutFault({
  name: 'isolate',
  summary: 'packets between a node and every other member are dropped; clients still reach the node',
  options: z.strictObject({ node: nodeTarget }),
  example: { node: 'n1' },
  reach: ({ node }) => [node],
  cuts: ({ node }, { nodes, coordinatorMembers }) => [
    { from: node, peers: [...nodes, ...coordinatorMembers].filter((peer) => peer !== node) },
  ],
});
