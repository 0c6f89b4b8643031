import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/** A clock goes back under a load of several IDs a millisecond: whoever counts milliseconds by himself counts too fast. */
export default {
  name: 'back-under-load',
  question: 'Does the time in the IDs stay the time of the clock when it goes back under load?',
  generator: 'snowflake',
  cluster: { nodes: 2, coordinatorMembers: 3, options: { pool: 2, ttlMs: 5000 } },
  pool: 2,
  load: {
    idsPerSecond: 20_000,
    batch: { min: 1, max: 500, mean: 50 },
    simulated: { batchesPerSecond: 300, batch: { min: 10, max: 30, mean: 20 } },
  },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back',
        lengthMs: 9000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 0, forMs: 6000 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
