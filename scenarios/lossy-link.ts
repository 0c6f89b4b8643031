import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder loses a good part of its packets to and from the coordinator: TCP sends them again, and keep-alives time out now
 * and then. The lease is long enough for some of them; the holder may refuse, and must not guess.
 */
export default {
  name: 'lossy-link',
  question: 'Does the generator keep its promises while keep-alives time out now and then?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'lossy',
        lengthMs: 21000,
        disturbances: [
          {
            fault: 'loss',
            options: { one: '@holder', peers: ['etcd1', 'etcd2', 'etcd3'], percent: 40 },
            atMs: 0,
            forMs: 12_000,
          },
        ],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
