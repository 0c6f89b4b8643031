import type { ScenarioInput } from '../../harness/core/scenario.ts';

/**
 * One node is killed; when it starts again its clock is three seconds behind, as after a reboot before the time was
 * synchronised: two seconds that its last life has minted in come again.
 */
export default {
  name: 'killed-and-clock-back',
  question: 'Does it keep its promises when it starts again with a clock that went back while it was down?',
  generator: 'snowflake-static',
  cluster: { nodes: 2, coordinatorMembers: 0 },
  load: { idsPerSecond: 1000, batch: { min: 1, max: 20, mean: 5 } },
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
