import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The database is killed, and stays away until both buffers of every node are empty: 2000 numbers, which last 1 s, in the
 * simulator 3.4 s. What was acknowledged before has to be there when it is back.
 */
export default {
  name: 'segment-buffers-empty',
  question: 'Does a segment generator refuse, and give no number twice, when its database is away for long?',
  generator: 'segment',
  cluster: { nodes: 4, coordinator: 'postgres', coordinatorMembers: 1, options: { step: 1000 } },
  load: { idsPerSecond: 2000, batch: { min: 1, max: 100, mean: 20 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'killed',
        lengthMs: 10_000,
        disturbances: [{ fault: 'etcd-kill-all', options: {}, atMs: 0, forMs: 6000 }],
      },
      {
        name: 'stopped',
        lengthMs: 9000,
        disturbances: [{ fault: 'etcd-pause-all', options: {}, atMs: 0, forMs: 6000 }],
      },
    ],
  },
  recoverMs: 6000,
  slos: usualSlos({ recoveryMs: 5000, rate: false }),
} satisfies ScenarioInput;
