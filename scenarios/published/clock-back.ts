import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** The clock of one node goes back by two seconds under load, and returns to true time four seconds later. */
export default {
  name: 'clock-back',
  question: 'Does it keep its promises when the clock goes back while it mints?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back',
        lengthMs: 6000,
        disturbances: [{ fault: 'clock-step', options: { node: 'n1', byMs: -2000 }, atMs: 0, forMs: 4000 }],
      },
    ],
  },
  recoverMs: 5000,
} satisfies ScenarioInput;
