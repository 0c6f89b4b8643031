import type { ScenarioInput } from '../../harness/core/scenario.ts';

/**
 * Two processes use @sapphire/snowflake just as its documentation shows it first: nobody tells them who they are. The
 * worker ID that the package then takes (0 and 1 in its two fields) is told to the harness as theirs.
 */
export default {
  name: 'defaults',
  question: 'Do two processes that use it as it comes stay out of each other’s way?',
  generator: './generators/published/sapphire-snowflake.ts',
  cluster: { nodes: 2, coordinatorMembers: 0, options: { defaults: true, workerId: 1 } },
  load: { idsPerSecond: 5000, batch: { min: 1, max: 100, mean: 25 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [{ name: 'calm', lengthMs: 6000, disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 5000 }] }],
  },
  recoverMs: 3000,
} satisfies ScenarioInput;
