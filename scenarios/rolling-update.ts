import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * All nodes are replaced one after another with a surge of one; each gives its worker ID back in good order, and the node
 * that has just come takes it at once. The clock of one of them is behind.
 */
export default {
  name: 'rolling-update',
  question: 'Does a rolling update hand every worker ID on in order, also to a node whose clock is behind?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'update',
        lengthMs: 22_000,
        disturbances: [
          { fault: 'clock-step', options: { node: 'n2', byMs: -2000 }, atMs: 0, forMs: 14_000 },
          {
            fault: 'rolling-update',
            options: { nodes: ['n1', 'n2', 'n3', 'n4'], everyMs: 1500 },
            atMs: 500,
            forMs: 12_000,
          },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'reused-at-once-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
