import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/** The clock runs over the last time that the IDs have bits for: what does not fit must be refused. */
export default {
  name: 'clock-past-end',
  question: 'Does a node whose clock passes the end of the time bits refuse, rather than spill time into the sign bit?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 5000, batch: { min: 1, max: 100, mean: 20 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'past-the-end',
        lengthMs: 7000,
        disturbances: [
          {
            fault: 'clock-near-end',
            options: { node: '@holder', end: '@end', beforeMs: 2000 },
            atMs: 0,
            forMs: 5000,
          },
        ],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
