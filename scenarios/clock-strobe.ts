import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/** Two time services fight over a clock: it jumps back and forth several times a second. */
export default {
  name: 'clock-strobe',
  question: 'Does a clock that jumps back and forth, many times over, cost neither order nor honesty?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'back-and-forth-20',
        lengthMs: 4000,
        disturbances: [
          { fault: 'clock-strobe', options: { node: '@holder', byMs: -20, everyMs: 50 }, atMs: 0, forMs: 3000 },
        ],
      },
      {
        // Ahead it reserves what it goes back from: the slot leaves time to pass the lead and the bound's window.
        name: 'ahead-and-back-2000',
        lengthMs: 10_000,
        disturbances: [
          { fault: 'clock-strobe', options: { node: '@holder', byMs: 2000, everyMs: 150 }, atMs: 0, forMs: 3000 },
        ],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 + 2000 }),
} satisfies ScenarioInput;
