import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Clocks that run too fast or too slow, a little and a lot, and one that jumped and is led back without a step. Their
 * timers run true: only what a node believes of the time drifts.
 */
export default {
  name: 'clock-drift',
  question: 'Does a clock that drifts, or is led back to true time, cost neither order nor honesty?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 10_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        // What a free-running quartz may do: seen only after seconds.
        name: 'ppm',
        lengthMs: 10_000,
        disturbances: [{ fault: 'clock-drift', options: { node: '@holder', ppm: 200 }, atMs: 0, forMs: 8000 }],
      },
      {
        // 600 ms ahead at its end, and the bound's window.
        name: 'fast',
        lengthMs: 9000,
        disturbances: [{ fault: 'clock-drift', options: { node: '@holder', rate: 1.2 }, atMs: 0, forMs: 3000 }],
      },
      {
        name: 'led-back',
        lengthMs: 12_000,
        disturbances: [
          { fault: 'clock-slew', options: { node: '@holder', fromMs: 2000, toMs: 100 }, atMs: 0, forMs: 6000 },
        ],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
