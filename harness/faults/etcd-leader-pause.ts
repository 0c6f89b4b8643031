/**
 * The coordinator's leader stands still, another is elected, and at the heal the old one goes on with what it believed.
 *
 * For longer than a lease this may break the coordinator's own word: an old leader may revoke a lease that was kept alive
 * with its successor (etcd issues 12528 and 15247).
 */
import { coordinatorFault, findLeader, PAUSED, whoseCoordinator } from '../core/coordinator-faults.ts';
import { z } from '../core/schema.ts';

export default coordinatorFault({
  name: 'etcd-leader-pause',
  summary: "the process of the coordinator's leader stands still with SIGSTOP, and goes on at the heal",
  options: z.strictObject(whoseCoordinator),
  example: {},
  way: PAUSED,
  choose: async (coordinator, cluster) => [await findLeader(coordinator, cluster)],
});
