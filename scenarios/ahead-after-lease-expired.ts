import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The lease of a holder is revoked behind its back, and before it learns of that, its clock runs ahead. It asks for time
 * that is not its own to reserve any more: whoever grants it, lets it mint what its successor will.
 */
export default {
  name: 'ahead-after-lease-expired',
  question: 'Can only the present owner of a worker ID reserve time under it?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [1, 2].map((round) => ({
      name: `expired-${round}`,
      lengthMs: 18_000,
      disturbances: [
        { fault: 'lease-expire', options: { node: '@holder' }, atMs: 0, forMs: 3000 },
        // The standby looks for a free worker ID every 250 ms, and the holder keeps its lease alive every 1250 ms.
        { fault: 'clock-step', options: { node: '@holder', byMs: 10_000 }, atMs: 330, forMs: 3000 },
      ],
    })),
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 + 10_000 }),
} satisfies ScenarioInput;
