import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The coordinator is put back to a snapshot of 9 s ago: no generator that keeps its word in the coordinator can keep
 * `unique` through that, unless it assumes that it does not happen.
 *
 * A holder is killed just before, and comes back with its clock behind. Its old lease lives again and has to end first;
 * then it finds a bound from before the snapshot, and its clock shows times that it minted after the snapshot.
 */
export default {
  name: 'etcd-restore-snapshot',
  question: 'What does it cost when the coordinator is put back to an older snapshot?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'restored',
        lengthMs: 25_000,
        disturbances: [
          { fault: 'etcd-restore-snapshot', options: { ageMs: 9000 }, atMs: 0, forMs: 15_000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 7500, forMs: 2000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -11_500 }, atMs: 8000, forMs: 13_000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
