import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A node starts while the coordinator is away. It has to wait: whatever worker ID it might choose by itself, somebody may
 * hold, and mint under it for as long as his lease and bound last.
 */
export default {
  name: 'started-without-coordinator',
  question: 'Does a node that starts without a coordinator wait, rather than choose a worker ID by itself?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [1, 2].map((round) => ({
      name: `started-${round}`,
      lengthMs: 14_000,
      disturbances: [
        { fault: 'kill', options: { node: '@holder' }, atMs: 300, forMs: 900 },
        { fault: 'etcd-quorum-loss', options: {}, atMs: 500, forMs: 6000 },
      ],
    })),
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
