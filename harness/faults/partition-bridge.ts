/**
 * The coordinator's members fall into two halves that only one of them, the bridge, reaches both of. Which of them may
 * lead, and for how long, is a classic test of an election.
 */
import { cutFault, cutsBetween } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { coordinatorTarget } from '../core/targets.ts';

export default cutFault({
  name: 'partition-bridge',
  summary: 'packets between two halves of the coordinator are dropped; one member reaches both',
  options: z.strictObject({ bridge: coordinatorTarget }),
  example: { bridge: 'etcd2' },
  refuses: (_options, { coordinatorMembers: { length } }) =>
    length < 3 ? `There are no two halves beside a bridge in ${length} coordinator members.` : undefined,
  reach: (_options, { nodes }) => nodes,
  cuts: ({ bridge }, { coordinatorMembers }) => {
    const others = coordinatorMembers.filter((member) => member !== bridge);
    const half = Math.ceil(others.length / 2);
    return cutsBetween(others.slice(0, half), others.slice(half));
  },
});
