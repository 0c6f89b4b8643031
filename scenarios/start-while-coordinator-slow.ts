import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A node starts while each write to the coordinator takes nearly as long as it is willing to wait: some of its requests
 * are carried out and it never learns of it.
 *
 * A worker ID has to change hands meanwhile: its holder is killed and comes back with its clock behind. There is no
 * standby, so that nobody else takes the worker ID.
 */
export default {
  name: 'start-while-coordinator-slow',
  question: 'Does a node that starts while the coordinator is slow take one worker ID, and no more?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'slow',
        lengthMs: 12_000,
        disturbances: [
          { fault: 'etcd-disk-slow', options: { byMs: 380 }, atMs: 0, forMs: 9000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 200, forMs: 2000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -10_000 }, atMs: 600, forMs: 9000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
