import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Answers of the coordinator take up to seven tenths of a second to a holder, longer than one attempt waits: keep-alives
 * are answered late, twice, or not at all. A kernel without netem cannot do it: then lossy-link comes nearest.
 */
export default {
  name: 'far-link',
  question: 'Does the generator keep its promises while answers of the coordinator come late?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'far',
        lengthMs: 21000,
        disturbances: [
          {
            fault: 'latency',
            options: { one: '@holder', peers: ['etcd1', 'etcd2', 'etcd3'], delayMs: 220, jitterMs: 140 },
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
