import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder's clock runs ahead while the coordinator cannot be reached: no time beyond the window can be reserved, though
 * it is asked for. What is minted on that hope, the successor mints again.
 */
export default {
  name: 'ahead-while-cut',
  question: 'Does a holder mint only time that the coordinator has confirmed, whatever it has asked for?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'cut-then-ahead',
        lengthMs: 18_000,
        disturbances: [
          { fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 0, forMs: 8000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: 10_000 }, atMs: 500, forMs: 7000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 + 10_000 }),
} satisfies ScenarioInput;
