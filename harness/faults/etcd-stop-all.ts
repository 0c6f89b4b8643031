/**
 * Every member of the coordinator is asked to end, as in maintenance: each closes its connections and its data in order.
 * Clients learn at once that nobody is there, where after `etcd-pause-all` they learn nothing.
 */
import { coordinatorFault, STOPPED, whoseCoordinator } from '../core/coordinator-faults.ts';
import { z } from '../core/schema.ts';

export default coordinatorFault({
  name: 'etcd-stop-all',
  summary: 'all members of the coordinator end after SIGTERM, and are started again at the heal',
  options: z.strictObject(whoseCoordinator),
  example: {},
  way: STOPPED,
  choose: async ({ members }) => members,
  nobodyServes: true,
});
