import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A clock goes back by an hour for a few seconds. Whoever waits for it waits an hour, although it is right again long before.
 */
export default {
  name: 'clock-back-an-hour',
  question: 'Does a node mint again as soon as its clock is right, after a step that nobody could have waited for?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back',
        lengthMs: 9000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -3_600_000 }, atMs: 0, forMs: 5000 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
