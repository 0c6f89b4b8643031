import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Requests for more IDs than a millisecond holds: a full sequence has to wait for its clock. A machine that mints slower
 * than four million IDs a second fills no millisecond by itself, so the clock also stands still for a while.
 */
export default {
  name: 'burst',
  question: 'Does a full millisecond make the generator wait for the next, and nothing worse?',
  generator: 'snowflake',
  cluster: { nodes: 1, coordinatorMembers: 1, options: { pool: 1, ttlMs: 5000 } },
  pool: 1,
  load: {
    idsPerSecond: 40_000,
    batch: { min: 4500, max: 6000, mean: 5000 },
    simulated: { batchesPerSecond: 8, batch: { min: 4500, max: 6000, mean: 5000 } },
  },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'stands-still',
        lengthMs: 8000,
        disturbances: [{ fault: 'clock-freeze', options: { node: 'n1' }, atMs: 2500, forMs: 4500 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000, rate: false }),
} satisfies ScenarioInput;
