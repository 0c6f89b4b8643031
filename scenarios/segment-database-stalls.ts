import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The next range is taken when nine tenths of one are used, and the database stands still again and again for longer than
 * the last tenth lasts. Each stall ends with requests that their clients have given up on and that are carried out all the
 * same, and with every node asking at once.
 *
 * A node uses up 1000 numbers in half a second, in the simulator in 1.7 s; each stall is longer than that.
 */
export default {
  name: 'segment-database-stalls',
  question: 'Does a segment generator give no number twice when its database is slow just as it needs the next range?',
  generator: 'segment',
  cluster: { nodes: 4, coordinator: 'postgres', coordinatorMembers: 1, options: { step: 1000, prefetchAt: 0.9 } },
  load: { idsPerSecond: 2000, batch: { min: 1, max: 100, mean: 20 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [1, 2, 3].map((stall) => ({
      name: `stall-${stall}`,
      lengthMs: 4000,
      disturbances: [{ fault: 'etcd-pause-all', options: {}, atMs: 0, forMs: 2200 }],
    })),
  },
  recoverMs: 6000,
  slos: usualSlos({ recoveryMs: 5000, rate: false }),
} satisfies ScenarioInput;
