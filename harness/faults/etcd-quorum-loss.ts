/**
 * A majority of the coordinator's members is killed: nothing can be read or written until they return.
 *
 * They are killed, never stopped: a leader that was stopped for longer than a lease may revoke it when it goes on,
 * although the lease was kept alive with its successor (etcd issues 12528 and 15247). Two nodes would then hold one
 * worker ID through no fault of the generator, and the run would accuse it.
 */
import { coordinatorFault, KILLED, majorityOf, whoseCoordinator } from '../core/coordinator-faults.ts';
import { z } from '../core/schema.ts';

export default coordinatorFault({
  name: 'etcd-quorum-loss',
  summary: 'a majority of the coordinator is killed with SIGKILL, and started again at the heal',
  options: z.strictObject(whoseCoordinator),
  example: {},
  way: KILLED,
  choose: async ({ members }) => majorityOf(members),
  nobodyServes: true,
});
