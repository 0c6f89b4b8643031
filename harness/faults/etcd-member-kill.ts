/**
 * One member of the coordinator is killed. A majority is left, and nobody should notice for longer than it takes to ask
 * another member.
 */
import { coordinatorFault, coordinatorWith, KILLED } from '../core/coordinator-faults.ts';
import { memberOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { coordinatorTarget } from '../core/targets.ts';

export default coordinatorFault({
  name: 'etcd-member-kill',
  summary: 'one member of the coordinator is killed with SIGKILL, and started again at the heal',
  options: z.strictObject({ member: coordinatorTarget }),
  example: { member: 'etcd1' },
  way: KILLED,
  whose: ({ member }, shape) => coordinatorWith(member, shape),
  choose: async (_coordinator, cluster, { member }) => [memberOf(cluster, member)],
});
