/**
 * Every member of the coordinator stands still: connections stay open, and nobody answers. A client without a deadline of
 * its own waits for ever.
 */
import { coordinatorFault, PAUSED, whoseCoordinator } from '../core/coordinator-faults.ts';
import { z } from '../core/schema.ts';

export default coordinatorFault({
  name: 'etcd-pause-all',
  summary: 'the processes of all coordinator members stand still with SIGSTOP, and go on at the heal',
  options: z.strictObject(whoseCoordinator),
  example: {},
  way: PAUSED,
  choose: async ({ members }) => members,
  nobodyServes: true,
});
