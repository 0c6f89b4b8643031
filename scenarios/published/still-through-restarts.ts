import type { ScenarioInput } from '../../harness/core/scenario.ts';

/** The clock of one node stands still, and the node is killed and started twice meanwhile: two lives begin at one moment. */
export default {
  name: 'still-through-restarts',
  question: 'Are two lives that begin at the same moment of the clock told apart?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'still',
        lengthMs: 9000,
        disturbances: [
          { fault: 'clock-freeze', options: { node: 'n1' }, atMs: 0, forMs: 8000 },
          { name: 'first-kill', fault: 'kill', options: { node: 'n1' }, atMs: 500, forMs: 500 },
          { name: 'second-kill', fault: 'kill', options: { node: 'n1' }, atMs: 4000, forMs: 500 },
        ],
      },
    ],
  },
  recoverMs: 5000,
} satisfies ScenarioInput;
