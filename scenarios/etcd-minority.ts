import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * One coordinator member, then another, is cut from the other two while nodes reach all three: it takes requests and carries
 * none of them out. A node that stays with it loses its lease beside a coordinator that serves.
 */
export default {
  name: 'etcd-minority',
  question: 'Does every holder find the members that still serve before its lease ends?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'first',
        lengthMs: 9000,
        disturbances: [{ fault: 'partition-etcd', options: { side: ['etcd1'] }, atMs: 0, forMs: 5000 }],
      },
      {
        name: 'second',
        lengthMs: 9000,
        disturbances: [{ fault: 'partition-etcd', options: { side: ['etcd2'] }, atMs: 0, forMs: 5000 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
