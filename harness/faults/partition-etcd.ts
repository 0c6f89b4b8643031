/**
 * The coordinator's members fall into two sides that cannot reach one another; nodes reach all of them. A member on the
 * smaller side takes requests and carries none of them out: a node must not stay with it.
 */
import { cutFault, cutsBetween } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { coordinatorTarget } from '../core/targets.ts';

export default cutFault({
  name: 'partition-etcd',
  summary: 'packets between the named coordinator members and the others are dropped; nodes reach them all',
  options: z.strictObject({
    side: z.array(coordinatorTarget).min(1).describe('the members of one side'),
  }),
  example: { side: ['etcd1'] },
  refuses: ({ side }, { coordinatorMembers }) =>
    coordinatorMembers.every((member) => side.includes(member))
      ? 'All members are on one side: there is nobody to be cut from.'
      : undefined,
  reach: (_options, { nodes }) => nodes,
  cuts: ({ side }, { coordinatorMembers }) =>
    cutsBetween(
      side,
      coordinatorMembers.filter((member) => !side.includes(member)),
    ),
});
