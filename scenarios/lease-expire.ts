import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Twice the lease of a holder is revoked while it keeps it alive. A standby takes the worker ID within a poll, long before
 * the old holder asks again: for that long two nodes believe in one worker ID, and neither is at fault.
 */
export default {
  name: 'lease-expire',
  question: 'Do two nodes that both believe in one worker ID mint one ID twice?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'revoked',
        lengthMs: 8000,
        disturbances: [{ fault: 'lease-expire', options: { node: '@holder' }, atMs: 0, forMs: 3000 }],
      },
      {
        name: 'revoked-again',
        lengthMs: 8000,
        disturbances: [{ fault: 'lease-expire', options: { node: '@holder' }, atMs: 0, forMs: 3000 }],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
