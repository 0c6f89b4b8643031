import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Clients ask seldom, so that what was made ready grows old before anybody wants it; then the clock goes back, the node
 * stands still, and loses its lease with a full ring.
 */
export default {
  name: 'idle-ring',
  question: 'Does a pool of IDs made ready survive idleness, a clock that goes back, and the end of its lease?',
  generator: 'ring-buffer',
  cluster: { nodes: 3, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: {
    idsPerSecond: 40,
    batch: { min: 1, max: 10, mean: 5 },
    simulated: { batchesPerSecond: 8, batch: { min: 1, max: 10, mean: 5 } },
  },
  warmUpMs: 15_000,
  timetable: {
    order: 'seeded',
    slots: [
      {
        name: 'clock-back',
        lengthMs: 7000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -2000 }, atMs: 0, forMs: 5000 }],
      },
      {
        name: 'paused',
        lengthMs: 14_000,
        disturbances: [{ fault: 'pause', options: { node: '@holder' }, atMs: 0, forMs: 7000 }],
      },
      {
        name: 'cut-and-back',
        lengthMs: 16_000,
        disturbances: [
          { fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 0, forMs: 8000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 300, forMs: 7700 },
        ],
      },
    ],
  },
  recoverMs: 12_000,
  slos: usualSlos({ recoveryMs: 8000 + 5000, rate: false }),
} satisfies ScenarioInput;
