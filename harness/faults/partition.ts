/**
 * The cluster falls into two sides that cannot reach one another. Nodes on the side with a minority of the coordinator's
 * members lose their leases, although members answer them.
 */
import { cutFault, cutsBetween } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { memberTarget } from '../core/targets.ts';

export default cutFault({
  name: 'partition',
  summary: 'the named members are on one side, all others on the other; packets between the sides are dropped',
  options: z.strictObject({
    side: z.array(memberTarget).min(1).describe('the nodes and coordinator members of one side'),
  }),
  example: { side: ['n1', 'etcd1'] },
  refuses: ({ side }, { nodes, coordinatorMembers }) =>
    [...nodes, ...coordinatorMembers].every((member) => side.includes(member))
      ? 'Everybody is on one side: there is nobody to be cut from.'
      : undefined,
  // Either side may have lost the majority, and both lose leaders.
  reach: (_options, { nodes }) => nodes,
  cuts: ({ side }, { nodes, coordinatorMembers }) =>
    cutsBetween(
      side,
      [...nodes, ...coordinatorMembers].filter((member) => !side.includes(member)),
    ),
});
