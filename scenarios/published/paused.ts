import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** The process of one node is stopped (SIGSTOP) for three seconds, and goes on. */
export default {
  name: 'paused',
  question: 'Does it keep its promises when its process stands still and goes on?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'paused',
        lengthMs: 5000,
        disturbances: [{ fault: 'pause', options: { node: 'n1' }, atMs: 0, forMs: 3000 }],
      },
    ],
  },
  recoverMs: 5000,
} satisfies ScenarioInput;
