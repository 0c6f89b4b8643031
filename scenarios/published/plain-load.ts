import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** Nothing goes wrong. */
export default {
  name: 'plain-load',
  question: 'Does it keep its promises when nothing goes wrong?',
  generator: 'snowflake-static',
  cluster: { nodes: 3, coordinatorMembers: 0 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [{ name: 'calm', lengthMs: 5000, disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 4000 }] }],
  },
  recoverMs: 2000,
} satisfies ScenarioInput;
