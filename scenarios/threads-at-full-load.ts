import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * More large requests than one thread can serve, and nothing goes wrong: threads that share a sequence number meet at the
 * turn of every millisecond.
 */
export default {
  name: 'threads-at-full-load',
  question: 'Do threads that mint side by side ever mint one ID twice?',
  generator: 'snowflake-threads',
  cluster: { nodes: 1, coordinatorMembers: 1, options: {} },
  load: {
    idsPerSecond: 100_000,
    batch: { min: 1500, max: 3000, mean: 2000 },
    simulated: { batchesPerSecond: 20, batch: { min: 1500, max: 3000, mean: 2000 } },
  },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [{ name: 'calm', lengthMs: 6000, disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 5000 }] }],
  },
  recoverMs: 6000,
  slos: usualSlos({ rate: false }),
} satisfies ScenarioInput;
