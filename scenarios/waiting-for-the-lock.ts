import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Nearly as many IDs as ticks of 10 ms hold, and nothing goes wrong: requests wait for one that holds the lock and sleeps
 * until the next tick. What was read before the wait is out of date after it.
 */
export default {
  name: 'waiting-for-the-lock',
  question: 'Do requests that wait for one another get IDs in an order that fits the order in which they came?',
  generator: 'sonyflake',
  cluster: { nodes: 1, coordinatorMembers: 1 },
  load: {
    idsPerSecond: 18_000,
    batch: { min: 1, max: 200, mean: 50 },
    simulated: { batchesPerSecond: 360, batch: { min: 1, max: 200, mean: 50 } },
  },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [{ name: 'calm', lengthMs: 4000, disturbances: [{ fault: 'noop', atMs: 0, forMs: 3000 }] }],
  },
  recoverMs: 9000,
  slos: usualSlos({}),
} satisfies ScenarioInput;
