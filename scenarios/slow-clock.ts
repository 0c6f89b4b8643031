import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A wall clock that stands still, and one that runs at half its rate, under more load than it has room for: a generator
 * that spins for the next tick hangs, and one that waits for it must still answer.
 */
export default {
  name: 'slow-clock',
  question: 'Does a node whose clock stands still or runs slow under load still answer, and mint only what is new?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 50_000, batch: { min: 1, max: 1000, mean: 200 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'stands-still',
        lengthMs: 5000,
        disturbances: [{ fault: 'clock-freeze', options: { node: '@holder' }, atMs: 0, forMs: 3000 }],
      },
      {
        name: 'half-as-fast',
        lengthMs: 6000,
        disturbances: [{ fault: 'clock-drift', options: { node: '@holder', rate: 0.5 }, atMs: 0, forMs: 4000 }],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
