import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * One of three zones is lost with all that is in it: three nodes and a member of the coordinator. Its clocks were the
 * reference of the next zone, which now falls behind: whoever takes the lost worker IDs over there must not believe them.
 */
export default {
  name: 'zone-down',
  question: 'Is the loss of a zone survived: three nodes and one coordinator member at once?',
  generator: 'snowflake',
  cluster: {
    nodes: 6,
    coordinatorMembers: 3,
    options: { pool: 3, ttlMs: 5000 },
    zones: {
      a: { members: ['n1', 'n2', 'n3', 'etcd1'] },
      b: { members: ['n4', 'n5', 'n6', 'etcd2'] },
      c: { members: ['etcd3'] },
    },
  },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'zone-a-lost',
        lengthMs: 24_000,
        disturbances: [
          { fault: 'zone-down', options: { zone: 'a' }, atMs: 0, forMs: 12_000 },
          { fault: 'clock-step', options: { node: 'n4', byMs: -12_000 }, atMs: 500, forMs: 13_000 },
          { fault: 'clock-step', options: { node: 'n5', byMs: -12_000 }, atMs: 500, forMs: 13_000 },
          { fault: 'clock-step', options: { node: 'n6', byMs: -12_000 }, atMs: 500, forMs: 13_000 },
        ],
      },
      {
        name: 'zone-b-lost',
        lengthMs: 14_000,
        disturbances: [{ fault: 'zone-down', options: { zone: 'b' }, atMs: 0, forMs: 8000 }],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
