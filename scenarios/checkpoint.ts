import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder's machine is frozen to a checkpoint and restored when its lease is long over: it goes on in the middle of what
 * it did, and its wall clock shows the time of the checkpoint until somebody sets it.
 */
export default {
  name: 'checkpoint',
  question: 'Does a node that is restored from a checkpoint notice that its worker ID is not its own any more?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'frozen-past-the-lease',
        lengthMs: 19_000,
        disturbances: [
          { fault: 'pause', options: { node: '@holder' }, atMs: 0, forMs: 8000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -8000 }, atMs: 500, forMs: 11_000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
