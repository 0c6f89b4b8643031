import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/** A machine without a battery for its clock: a node comes up long before the first time that its IDs can carry. */
export default {
  name: 'started-before-epoch',
  question: 'Does a node whose clock stands before the epoch of the IDs refuse, and mint when its clock is put right?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 5000, batch: { min: 1, max: 100, mean: 20 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'while-it-runs',
        lengthMs: 5000,
        disturbances: [
          {
            fault: 'clock-before-epoch',
            options: { node: '@holder', epoch: '@epoch', beforeMs: 60_000 },
            atMs: 0,
            forMs: 3000,
          },
        ],
      },
      {
        // Its old lease has to end before it gets a worker ID again, and there is no standby that would take it.
        name: 'while-it-is-down',
        lengthMs: 14_000,
        disturbances: [
          { fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 1500 },
          {
            fault: 'clock-before-epoch',
            options: { node: '@holder', epoch: '@epoch', beforeMs: 60_000 },
            atMs: 500,
            forMs: 9000,
          },
        ],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
