/**
 * The coordinator's members fall into two sides that cannot reach one another; nodes reach all of them. A member on the
 * smaller side takes requests and carries none of them out: a node must not stay with it.
 */
import { COORDINATOR_NAMES } from '../core/coordinator-kind.ts';
import { coordinatorWith, membersServing, nodesServed } from '../core/coordinator-faults.ts';
import type { ClusterShape } from '../core/fault.ts';
import { cutFault, cutsBetween } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { coordinatorTarget } from '../core/targets.ts';

export default cutFault({
  name: 'partition-etcd',
  summary: 'packets between the named coordinator members and the others are dropped; nodes reach them all',
  coordinators: COORDINATOR_NAMES,
  options: z.strictObject({
    side: z.array(coordinatorTarget).min(1).describe('the members of one side'),
  }),
  example: { side: ['etcd1'] },
  refuses: ({ side }, shape) => {
    const members = membersOfOne(side, shape);
    if (!side.every((member) => members.includes(member)))
      return `The side has members of several coordinators, which are not linked. Take from ${members.join(', ')}.`;
    return members.every((member) => side.includes(member))
      ? 'All members are on one side: there is nobody to be cut from.'
      : undefined;
  },
  reach: ({ side }, shape) => nodesServed(coordinatorWith(side[0] ?? '', shape), shape),
  cuts: ({ side }, shape) =>
    cutsBetween(
      side,
      membersOfOne(side, shape).filter((member) => !side.includes(member)),
    ),
});

/** The members of the coordinator whose side it is. */
function membersOfOne([first = '']: readonly string[], shape: ClusterShape): readonly string[] {
  return membersServing(coordinatorWith(first, shape), shape);
}
