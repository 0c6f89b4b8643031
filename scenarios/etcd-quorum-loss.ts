import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Nothing can be read from the coordinator or written to it for longer than a lease lasts.
 *
 * A worker ID has to change hands meanwhile: its holder is killed and comes back with its clock behind. There is no
 * standby, so that nobody else takes the worker ID.
 */
export default {
  name: 'etcd-quorum-loss',
  question: 'Does a worker ID change hands safely after the coordinator had no majority for longer than a lease?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'quorum-lost',
        lengthMs: 19_000,
        disturbances: [
          { fault: 'etcd-quorum-loss', options: {}, atMs: 0, forMs: 7000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 200, forMs: 2000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -18_000 }, atMs: 600, forMs: 16_000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
