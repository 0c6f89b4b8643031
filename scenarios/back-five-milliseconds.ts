import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A step back of exactly five milliseconds: the edge between waiting it out and refusing, which the reference design
 * states both ways. `snowflake` waits at five and refuses from six. Either may be promised; what is minted must rise.
 */
export default {
  name: 'back-five-milliseconds',
  question: 'Does a step back of exactly 5 ms, the most that is waited out, cost neither order nor uniqueness?',
  generator: 'snowflake',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: {
    idsPerSecond: 20_000,
    batch: { min: 1, max: 500, mean: 50 },
    // Enough that the millisecond of a step is never without a mint.
    simulated: { batchesPerSecond: 600, batch: { min: 1, max: 20, mean: 5 } },
  },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'once',
        lengthMs: 2500,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -5 }, atMs: 0, forMs: 1500 }],
      },
      {
        // One step hits a given instruction now and then; sixty do.
        name: 'sixty-times',
        lengthMs: 8000,
        disturbances: [
          { fault: 'clock-strobe', options: { node: '@holder', byMs: -5, everyMs: 60 }, atMs: 0, forMs: 7000 },
        ],
      },
    ],
  },
  recoverMs: 9500,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
