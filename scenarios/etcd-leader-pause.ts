import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The leader of the coordinator stands still for less than a lease, and goes on with what it believed: nothing that it
 * has to say is news.
 *
 * A worker ID has to change hands meanwhile: its holder is killed and comes back with its clock behind. There is no
 * standby, so that nobody else takes the worker ID.
 */
export default {
  name: 'etcd-leader-pause',
  question: 'Does a worker ID change hands safely while the leader of the coordinator stands still and comes back?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'leader-paused',
        lengthMs: 12_000,
        disturbances: [
          { fault: 'etcd-leader-pause', options: {}, atMs: 0, forMs: 4000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 200, forMs: 2000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -10_000 }, atMs: 600, forMs: 9400 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
