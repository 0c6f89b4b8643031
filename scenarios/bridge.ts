import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Two of five coordinator members on each side, and one that reaches both: the bridge belongs to two majorities, and only
 * one of them may lead.
 */
export default {
  name: 'bridge',
  question: 'Does the generator keep its promises while two halves of the coordinator meet in one member alone?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 5, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'bridged',
        lengthMs: 18000,
        disturbances: [{ fault: 'partition-bridge', options: { bridge: 'etcd3' }, atMs: 0, forMs: 8000 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
