import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Claim C5 of the reference design: a lease of 30 s, kept alive every 10 s. A cut of 15 s costs one or two keep-alives and
 * no worker ID; only one that is longer than the lease does.
 *
 * In the longer one the clock of the holder goes back just after the cut, so that what it reserved lasts longer than its
 * lease: a node without a fence is found out.
 */
export default {
  name: 'lease-with-slack',
  question:
    'Does a lease of 30 s, kept alive every 10 s, survive what is shorter, and end for its holder when it is over?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 30_000, heartbeatMs: 10_000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'cut-within-the-lease',
        lengthMs: 20_000,
        disturbances: [{ fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 0, forMs: 15_000 }],
      },
      {
        name: 'cut-past-the-lease',
        lengthMs: 42_000,
        disturbances: [
          { fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 0, forMs: 36_000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -30_000 }, atMs: 300, forMs: 35_700 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 30_000 }),
} satisfies ScenarioInput;
