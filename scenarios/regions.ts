import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Two regions lease worker IDs from ranges of their own. One loses the coordinator for longer than a lease while the
 * other replaces a node: no node takes an ID of the other region.
 */
export default {
  name: 'regions',
  question: 'Do regional ranges of worker IDs keep regions apart while one of them is cut off?',
  generator: 'snowflake-regional',
  cluster: {
    nodes: 4,
    coordinatorMembers: 3,
    options: { regions: { eu: { from: 0, to: 511 }, us: { from: 512, to: 1023 } }, ttlMs: 5000 },
    zones: {
      'eu-a': { region: 'eu', members: ['n1', 'n2', 'etcd1', 'etcd2'] },
      'us-a': { region: 'us', members: ['n3', 'n4', 'etcd3'] },
    },
  },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 4000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'us-cut-off',
        lengthMs: 17_000,
        disturbances: [
          { fault: 'cut-from-etcd', name: 'n3-cut', options: { node: 'n3' }, atMs: 0, forMs: 8000 },
          { fault: 'cut-from-etcd', name: 'n4-cut', options: { node: 'n4' }, atMs: 0, forMs: 8000 },
          { fault: 'kill', options: { node: 'n1' }, atMs: 2000, forMs: 1500 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
