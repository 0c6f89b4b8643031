/**
 * Majorities in a ring: every member of the coordinator reaches a majority, and no two reach the same one. There is
 * always somebody who could be elected, and always somebody who does not hear of it.
 */
import { COORDINATOR_NAMES } from '../core/coordinator-kind.ts';
import { membersServing, nodesServed, unclearCoordinator, whoseCoordinator } from '../core/coordinator-faults.ts';
import { cutFault } from '../core/links.ts';
import { z } from '../core/schema.ts';

export default cutFault({
  name: 'partition-ring',
  summary: 'every coordinator member reaches only its neighbours in a ring: a majority, and no two the same one',
  coordinators: COORDINATOR_NAMES,
  options: z.strictObject(whoseCoordinator),
  example: {},
  refuses: (given, shape) => {
    const { length } = membersServing(given, shape);
    const tooFew = length < 5 ? `Of ${length} coordinator members every one is a neighbour of every other.` : undefined;
    return unclearCoordinator(given, shape) ?? tooFew;
  },
  reach: nodesServed,
  cuts: (given, shape) => {
    const members = membersServing(given, shape);
    // A majority of m members is ⌊m / 2⌋ + 1, with itself in the middle: so many neighbours on each side.
    const near = Math.ceil(Math.floor(members.length / 2) / 2);
    return members.map((from, index) => ({
      from,
      peers: members.filter((_, other) => {
        const apart = Math.abs(index - other);
        return Math.min(apart, members.length - apart) > near;
      }),
    }));
  },
});
