import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * All members of the coordinator stand still for longer than a lease: when they go on, every lease has run out, and nobody
 * could keep his alive.
 *
 * A worker ID has to change hands meanwhile: its holder is killed and comes back with its clock behind. There is no
 * standby, so that nobody else takes the worker ID.
 */
export default {
  name: 'etcd-pause-all',
  question: 'Does a worker ID change hands safely when every lease ran out because the coordinator stood still?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'all-paused',
        lengthMs: 15_000,
        disturbances: [
          { fault: 'etcd-pause-all', options: {}, atMs: 0, forMs: 8000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 200, forMs: 2000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -16_000 }, atMs: 600, forMs: 12_000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
