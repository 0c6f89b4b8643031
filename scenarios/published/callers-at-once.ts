import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** Many callers ask one process at once: calls overlap, and threads wait for one another. */
export default {
  name: 'callers-at-once',
  question: 'Does it keep its promises when threads call it side by side?',
  generator: 'snowflake-static',
  cluster: { nodes: 1, coordinatorMembers: 0, selfLoad: 100_000 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 }, timeoutMs: 5000 },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [{ name: 'busy', lengthMs: 6000, disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 5000 }] }],
  },
  recoverMs: 3000,
} satisfies ScenarioInput;
