import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder is on the side of a partition that has one of three coordinator members: a member takes its requests and can
 * carry none of them out. Its clock goes back just after, so that its bound lasts longer than its lease: the fence alone
 * has to stop it before the majority hands its worker ID to somebody else.
 */
export default {
  name: 'minority-side',
  question: 'Does a holder on the minority side of a partition stop before its worker ID goes to another?',
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
        disturbances: [
          { fault: 'partition', options: { side: ['@holder', 'etcd1'] }, atMs: 0, forMs: 8000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 300, forMs: 7700 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
