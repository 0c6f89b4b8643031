import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Two regions, each with a coordinator and a range of worker IDs of its own. One coordinator loses its majority for longer
 * than a lease, and a node of that region comes back meanwhile with its clock behind: its region is dark. The other region
 * knows nothing of it: a node that was killed there takes a worker ID and mints.
 */
export default {
  name: 'region-without-coordinator',
  question: 'Does a region mint on, and take worker IDs, while the coordinator of another one has no majority?',
  generator: 'snowflake-regional',
  cluster: {
    nodes: 4,
    coordinatorMembers: 3,
    coordinatorPerRegion: true,
    // No more worker IDs than nodes in one region: whoever minted under them elsewhere would meet one of these.
    options: { regions: { eu: { from: 0, to: 1 }, us: { from: 2, to: 1023 } }, ttlMs: 5000 },
    zones: {
      'eu-a': { region: 'eu', members: ['n1', 'n2', 'etcd1', 'etcd2', 'etcd3'] },
      'us-a': { region: 'us', members: ['n3', 'n4', 'etcd4', 'etcd5', 'etcd6'] },
    },
  },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 4000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'eu-without-coordinator',
        lengthMs: 21_000,
        disturbances: [
          { fault: 'etcd-quorum-loss', options: { region: 'eu' }, atMs: 0, forMs: 12_000 },
          { fault: 'kill', name: 'n1-killed', options: { node: 'n1' }, atMs: 1000, forMs: 2500 },
          { fault: 'clock-step', options: { node: 'n1', byMs: -8000 }, atMs: 1500, forMs: 14_000 },
          // When the leases of the other region are over.
          { fault: 'kill', name: 'n3-killed', options: { node: 'n3' }, atMs: 5500, forMs: 2500 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'minted-anew-while-others-lost-coordinator' }, { hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
