import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** One node is killed and starts again, its clock true all the while. */
export default {
  name: 'killed',
  question: 'Does it keep its promises when its process is killed and starts again?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'killed',
        lengthMs: 5000,
        disturbances: [{ fault: 'kill', options: { node: 'n1' }, atMs: 0, forMs: 1000 }],
      },
    ],
  },
  recoverMs: 5000,
} satisfies ScenarioInput;
