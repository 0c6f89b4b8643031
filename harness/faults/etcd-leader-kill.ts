/**
 * The coordinator's leader is killed, another is elected, and the killed member is started again at the heal.
 */
import { coordinatorFault, findLeader, KILLED, whoseCoordinator } from '../core/coordinator-faults.ts';
import { z } from '../core/schema.ts';

export default coordinatorFault({
  name: 'etcd-leader-kill',
  summary: "the coordinator's leader is killed with SIGKILL, and started again at the heal",
  options: z.strictObject(whoseCoordinator),
  example: {},
  way: KILLED,
  choose: async (coordinator, cluster) => [await findLeader(coordinator, cluster)],
});
