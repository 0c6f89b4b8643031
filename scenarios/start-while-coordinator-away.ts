import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Claim C7 of the reference design: while the coordinator is away, running nodes go on and new ones cannot start. A node
 * starts here while all members are stopped, its clock behind: it has to wait, whatever it remembers.
 *
 * A worker ID has to change hands meanwhile: its holder is killed and comes back with its clock behind. There is no
 * standby, so that nobody else takes the worker ID.
 */
export default {
  name: 'start-while-coordinator-away',
  question: 'Does a node that starts while the coordinator is away mint nothing until it has a worker ID of its own?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'away',
        lengthMs: 20_000,
        disturbances: [
          { fault: 'etcd-stop-all', options: {}, atMs: 0, forMs: 8000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 200, forMs: 2000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -18_000 }, atMs: 600, forMs: 17_000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
