import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder and two of three coordinator members are on one side of a partition, all other nodes and the third member on
 * the other. The holder keeps its lease, the others lose theirs; whoever led on the wrong side is deposed meanwhile.
 */
export default {
  name: 'majority-side',
  question: 'Does a holder on the majority side of a partition go on, and do the others stop in time?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'partitioned',
        lengthMs: 18000,
        disturbances: [{ fault: 'partition', options: { side: ['@holder', 'etcd1', 'etcd2'] }, atMs: 0, forMs: 8000 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
