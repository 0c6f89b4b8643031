import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A node that is killed comes back with its clock behind, and wants another worker ID than it had: the one that it left stays dark until its lease has run out
 * for it or take another, and either way it starts above the bound and not above its own memory.
 */
export default {
  name: 'restart-new-id',
  question: 'Does a restarted node that wants a new worker ID mint above all that was minted under it?',
  generator: 'snowflake-remembered',
  cluster: {
    nodes: 4,
    coordinatorMembers: 3,
    options: { pool: 6, ttlMs: 5000, afterRestart: 'new', breaker: { failures: 5, openMs: 1000, quietMs: 5000 } },
  },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 4000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'at-once',
        lengthMs: 14_000,
        disturbances: [
          { fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 500 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -4000 }, atMs: 200, forMs: 7000 },
        ],
      },
      {
        name: 'after-its-lease',
        lengthMs: 20_000,
        disturbances: [
          { fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 7000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -9000 }, atMs: 500, forMs: 13_000 },
        ],
      },
    ],
  },
  recoverMs: 40_000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 38_000 + 5000 }),
} satisfies ScenarioInput;
