import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder crashes again and again, and comes back each time with its clock far behind: further than the lease of its last
 * life lasts, so that it may get the same worker ID again before it has made up the time.
 */
export default {
  name: 'restart-storm',
  question: 'Does a node that keeps crashing, with its clock behind, mint what an earlier life of it has minted?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        // A life has 1.5 s to find a free worker ID and to mint.
        name: 'crash-loop',
        lengthMs: 24_000,
        disturbances: [
          { fault: 'clock-step', options: { node: '@holder', byMs: -12_000 }, atMs: 0, forMs: 15_000 },
          { fault: 'restart-storm', options: { node: '@holder', everyMs: 1500 }, atMs: 0, forMs: 9000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
