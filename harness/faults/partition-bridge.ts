/**
 * The coordinator's members fall into two halves that only one of them, the bridge, reaches both of. Which of them may
 * lead, and for how long, is a classic test of an election.
 */
import { COORDINATOR_NAMES } from '../core/coordinator-kind.ts';
import { coordinatorWith, membersServing, nodesServed } from '../core/coordinator-faults.ts';
import { cutFault, cutsBetween } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { coordinatorTarget } from '../core/targets.ts';

export default cutFault({
  name: 'partition-bridge',
  summary: 'packets between two halves of the coordinator are dropped; one member reaches both',
  coordinators: COORDINATOR_NAMES,
  options: z.strictObject({ bridge: coordinatorTarget }),
  example: { bridge: 'etcd2' },
  refuses: ({ bridge }, shape) => {
    const { length } = membersServing(coordinatorWith(bridge, shape), shape);
    return length < 3 ? `There are no two halves beside a bridge in ${length} coordinator members.` : undefined;
  },
  reach: ({ bridge }, shape) => nodesServed(coordinatorWith(bridge, shape), shape),
  cuts: ({ bridge }, shape) => {
    const others = membersServing(coordinatorWith(bridge, shape), shape).filter((member) => member !== bridge);
    const half = Math.ceil(others.length / 2);
    return cutsBetween(others.slice(0, half), others.slice(half));
  },
});
