import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * One step back of a millisecond, then steady load: a generator that makes up for it by counting time on by itself runs
 * further and further from its clock (CPython's uuid7, issue 138862).
 */
export default {
  name: 'runaway-drift',
  question: 'Does the time in IDs stay with the clock after a step back of one millisecond under steady load?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: {
    idsPerSecond: 50_000,
    batch: { min: 1, max: 1000, mean: 100 },
    // Enough that a millisecond is never without a mint.
    simulated: { batchesPerSecond: 600, batch: { min: 1, max: 60, mean: 20 } },
  },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back-1',
        lengthMs: 6000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -1 }, atMs: 0, forMs: 5000 }],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
