import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Every connection between a holder and the coordinator is reset, as by a firewall that rejects: it learns at once that it
 * is cut off, and not whether its last request was carried out.
 */
export default {
  name: 'resets',
  question: 'Does a holder whose connections are reset stop before its worker ID goes to another?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'reset',
        lengthMs: 18000,
        disturbances: [
          {
            fault: 'reset-links',
            options: { one: '@holder', peers: ['etcd1', 'etcd2', 'etcd3'] },
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
