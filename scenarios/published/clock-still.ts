import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** The clock of one node stands still for two seconds, in which more IDs are asked for than a tick of most layouts has. */
export default {
  name: 'clock-still',
  question: 'Does it keep its promises when the clock stands still under load?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 4000, batch: { min: 1, max: 100, mean: 25 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'still',
        lengthMs: 5000,
        disturbances: [{ fault: 'clock-freeze', options: { node: 'n1' }, atMs: 0, forMs: 2000 }],
      },
    ],
  },
  recoverMs: 5000,
} satisfies ScenarioInput;
