import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder's clock jumps an hour ahead and back; then another is killed, and comes up with such a clock. A generator that
 * believes it has to darken the worker ID for the hour, or breaks its order when the clock comes back.
 */
export default {
  name: 'clock-ahead-an-hour',
  question: 'Does a clock that is an hour ahead, and is put right, cost neither order nor an hour of darkness?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 5000, batch: { min: 1, max: 100, mean: 20 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'while-it-runs',
        lengthMs: 7000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: 3_600_000 }, atMs: 0, forMs: 5000 }],
      },
      {
        // Down for less than its lease: the standby takes over only after that, so that the node itself may come back to it.
        name: 'while-it-is-down',
        lengthMs: 12_000,
        disturbances: [
          { fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 1500 },
          { fault: 'clock-step', options: { node: '@holder', byMs: 3_600_000 }, atMs: 500, forMs: 8000 },
        ],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
