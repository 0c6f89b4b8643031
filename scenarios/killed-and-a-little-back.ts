import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A node with a given worker ID is killed and starts again at once, its clock two seconds back: less than anybody reports
 * to whom a report every few seconds is often enough.
 */
export default {
  name: 'killed-and-a-little-back',
  question: 'Does a node remember, to the millisecond, what its last life may have minted?',
  generator: 'snowflake-static',
  cluster: { nodes: 3, coordinatorMembers: 1, options: {} },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 4000,
  timetable: {
    order: 'given',
    slots: ['n1', 'n2'].map((node) => ({
      name: `back-${node}`,
      lengthMs: 11_000,
      disturbances: [
        { fault: 'kill', options: { node }, atMs: 0, forMs: 500 },
        { fault: 'clock-step', options: { node, byMs: -2000 }, atMs: 250, forMs: 8000 },
      ],
    })),
  },
  recoverMs: 8000,
  slos: usualSlos({ recoveryMs: 5000 }),
} satisfies ScenarioInput;
