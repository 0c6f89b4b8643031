import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/** Ticks of 10 ms with 256 IDs each: under this load the sequence runs over, and a step back stalls the node. */
export default {
  name: 'sonyflake-clock',
  question: 'Does a generator that sleeps off a step of the clock keep the order within its process?',
  generator: 'sonyflake',
  cluster: { nodes: 3, coordinatorMembers: 1 },
  load: { idsPerSecond: 10_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 3000,
  timetable: {
    order: 'seeded',
    slots: [
      {
        name: 'clock-back',
        lengthMs: 7000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -2000 }, atMs: 0, forMs: 4000 }],
      },
      {
        name: 'clock-frozen',
        lengthMs: 4000,
        disturbances: [{ fault: 'clock-freeze', options: { node: '@holder' }, atMs: 0, forMs: 1500 }],
      },
      {
        name: 'paused',
        lengthMs: 5000,
        disturbances: [{ fault: 'pause', options: { node: '@holder' }, atMs: 0, forMs: 3000 }],
      },
    ],
  },
  recoverMs: 5000,
  slos: usualSlos({ recoveryMs: 5000 }),
} satisfies ScenarioInput;
