import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder speaks to the coordinator over a link of 256 kbit/s: requests wait for one another, and some are lost.
 */
export default {
  name: 'slow-link',
  question: 'Does the generator keep its promises over a link that is too narrow for all that is asked?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'narrow',
        lengthMs: 21000,
        disturbances: [
          {
            fault: 'bandwidth',
            options: { one: '@holder', peers: ['etcd1', 'etcd2', 'etcd3'], kbitPerSecond: 256 },
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
