import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** The clock of one node is ten seconds behind for one second, and true again: nothing is wrong any more. */
export default {
  name: 'back-for-a-second',
  question: 'Does it mint again when a clock that had gone back is right again?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back',
        lengthMs: 1500,
        disturbances: [{ fault: 'clock-step', options: { node: 'n1', byMs: -10_000 }, atMs: 0, forMs: 1000 }],
      },
    ],
  },
  recoverMs: 12_000,
} satisfies ScenarioInput;
