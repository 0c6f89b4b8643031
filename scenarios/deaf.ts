import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder is heard by every coordinator member and hears none: what it asked for is done, and it never learns of it. It
 * must count on nothing that it was not told.
 */
export default {
  name: 'deaf',
  question: 'Does a holder that does not hear its coordinator stop in time, and come back to what it left behind?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'deaf',
        lengthMs: 18000,
        disturbances: [
          {
            fault: 'cut-one-way',
            options: { from: ['etcd1', 'etcd2', 'etcd3'], to: ['@holder'] },
            atMs: 0,
            forMs: 8000,
          },
          { fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 300, forMs: 7700 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
