/**
 * Every member of the coordinator is killed at once, as when the power of its room fails. What was acknowledged has to be
 * there when they are back.
 */
import { coordinatorFault, KILLED, whoseCoordinator } from '../core/coordinator-faults.ts';
import { z } from '../core/schema.ts';

export default coordinatorFault({
  name: 'etcd-kill-all',
  summary: 'all members of the coordinator are killed with SIGKILL, and started again at the heal',
  options: z.strictObject(whoseCoordinator),
  example: {},
  way: KILLED,
  choose: async ({ members }) => members,
  nobodyServes: true,
});
