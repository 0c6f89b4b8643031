import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Two nodes for one worker ID, and the clock of each runs ahead in turn: of the holder, and of the one who waits. Who waits
 * must not take the worker ID from a holder that lives, whatever his own clock says of the lease.
 */
export default {
  name: 'clock-ahead-at-the-standby',
  question: 'Is a lease over when the coordinator says so, and not when the clock of the next in line does?',
  generator: 'snowflake',
  cluster: { nodes: 2, coordinatorMembers: 3, options: { pool: 1, ttlMs: 5000 } },
  pool: 1,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: ['n1', 'n2'].map((node) => ({
      name: `ahead-${node}`,
      lengthMs: 20_000,
      disturbances: [{ fault: 'clock-step', options: { node, byMs: 10_000 }, atMs: 0, forMs: 4000 }],
    })),
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 + 10_000 }),
} satisfies ScenarioInput;
