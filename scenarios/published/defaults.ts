import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** Two processes use the package just as its documentation shows it first: nobody tells them who they are. */
export default {
  name: 'defaults',
  question: 'Do two processes that use it as it comes stay out of each other’s way?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0, options: { defaults: true } },
  load: { idsPerSecond: 5000, batch: { min: 1, max: 100, mean: 25 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [{ name: 'calm', lengthMs: 6000, disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 5000 }] }],
  },
  recoverMs: 3000,
} satisfies ScenarioInput;
