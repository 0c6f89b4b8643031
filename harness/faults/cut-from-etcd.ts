/**
 * One node cannot reach any member of its coordinator, and none can reach it. Clients still can.
 */
import { COORDINATOR_NAMES } from '../core/coordinator-kind.ts';
import { coordinatorWith, membersServing } from '../core/coordinator-faults.ts';
import { cutFault } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

export default cutFault({
  name: 'cut-from-etcd',
  summary: 'packets between a node and every member of its coordinator are dropped; clients still reach the node',
  coordinators: COORDINATOR_NAMES,
  options: z.strictObject({ node: nodeTarget }),
  example: { node: 'n1' },
  reach: ({ node }) => [node],
  cuts: ({ node }, shape) => [{ from: node, peers: membersServing(coordinatorWith(node, shape), shape) }],
});
