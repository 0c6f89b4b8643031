import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder has a fiftieth of a CPU and has lost the coordinator; its batches are so long that one takes longer than the
 * fence stays clear of the end of the lease. Whoever looks at the lease once a batch mints after its end.
 */
export default {
  name: 'slow-cpu',
  question: 'Does a node that is starved of CPU stop minting in time, also in the middle of a batch?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: {
    idsPerSecond: 60_000,
    batch: { min: 2000, max: 20_000, mean: 6000 },
    simulated: { batchesPerSecond: 40, batch: { min: 30, max: 120, mean: 60 } },
    timeoutMs: 3000,
  },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'starved-and-cut',
        lengthMs: 18_000,
        disturbances: [
          // Back, so that the bound outlasts the lease and does not stop whoever has no fence.
          { fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 0, forMs: 9000 },
          { fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 0, forMs: 9000 },
          { fault: 'slow-cpu', options: { node: '@holder', percent: 2 }, atMs: 2500, forMs: 6500 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000, rate: false }),
} satisfies ScenarioInput;
