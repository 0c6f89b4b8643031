import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder stands still past its lease while a keep-alive is under way, and reads the answer when it goes on. The lease
 * counts from when the question was sent: a fence counted from the receipt opens anew for a lease that is long over.
 *
 * The coordinator stands still for a while first, so that the holder asks again and again, and some question is under
 * way when it is stopped; and its clock goes back, so that the bound does not hide what the fence lets through.
 */
export default {
  name: 'paused-in-keep-alive',
  question: 'Does a lease count from when the keep-alive was sent, and not from when its answer was read?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [1, 2].map((round) => ({
      name: `paused-${round}`,
      lengthMs: 16_000,
      disturbances: [
        { fault: 'etcd-pause-all', options: {}, atMs: 0, forMs: 2000 },
        { fault: 'pause', options: { node: '@holder' }, atMs: 1980, forMs: 7000 },
        { fault: 'clock-step', options: { node: '@holder', byMs: -6500 }, atMs: 1990, forMs: 8500 },
      ],
    })),
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
