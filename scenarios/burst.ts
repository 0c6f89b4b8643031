import type { ScenarioInput } from '../harness/core/scenario.ts';

/**
 * Requests for more IDs than a millisecond holds, and nothing goes wrong: a full sequence has to wait for its clock.
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
    slots: [{ name: 'calm', lengthMs: 8000, disturbances: [{ fault: 'noop', atMs: 0, forMs: 7000 }] }],
  },
  recoverMs: 9000,
} satisfies ScenarioInput;
