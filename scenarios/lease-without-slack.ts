import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Another place of the reference design keeps a lease of 30 s alive every 30 s: the keep-alive comes when the lease is
 * over. A cut of 3 s at the wrong time costs the worker ID, which a heartbeat of 10 s would not have noticed.
 */
export default {
  name: 'lease-without-slack',
  question: 'Is a worker ID lost to a cut of 3 s when its lease of 30 s is kept alive every 30 s?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 30_000, heartbeatMs: 30_000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'cut-at-the-wrong-time',
        // Every lease is over 30 s after the last one began: the run ends well before the second time.
        lengthMs: 36_000,
        disturbances: [
          {
            fault: 'cut-from-etcd',
            options: { node: '@holder' },
            when: { signal: 'lease-spent', node: '@holder', percent: 93 },
            atMs: 0,
            forMs: 4000,
          },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  // Whoever keeps a lease alive no sooner than it ends is without it now and then, and nothing disturbs it then.
  slos: usualSlos({ recoveryMs: 8000 + 30_000, availability: 0.9, errors: 0.1 }),
} satisfies ScenarioInput;
