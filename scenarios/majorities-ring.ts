import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Five coordinator members in a ring, each of which reaches a majority that no other reaches: there is always somebody who
 * could be elected, and always somebody who does not hear of it. Nodes reach all of them.
 */
export default {
  name: 'majorities-ring',
  question: 'Does the generator keep its promises while no two coordinator members see the same majority?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 5, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'ring',
        lengthMs: 18000,
        disturbances: [{ fault: 'partition-ring', options: {}, atMs: 0, forMs: 8000 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
