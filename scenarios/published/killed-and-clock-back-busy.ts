import type { ScenarioInput } from '../../harness/core/scenario.ts';

/**
 * As `killed-and-clock-back` under ten times the load, for generators whose sequence does not begin anew in each tick: two
 * lives meet in one number the sooner, the more IDs there are.
 */
export default {
  name: 'killed-and-clock-back-busy',
  question: 'Does it keep its promises when it starts again under much load with a clock that went back?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 200, mean: 50 } },
  warmUpMs: 4000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'killed-and-back',
        lengthMs: 8000,
        disturbances: [
          { fault: 'kill', options: { node: 'n1' }, atMs: 0, forMs: 800 },
          { fault: 'clock-step', options: { node: 'n1', byMs: -3000 }, atMs: 300, forMs: 6000 },
        ],
      },
    ],
  },
  recoverMs: 5000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
} satisfies ScenarioInput;
