import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * IDs of 128 bits that nobody hands out anything for: within a process they must rise whatever the clock does, across
 * restarts chance alone keeps them apart.
 */
export default {
  name: 'uuid-clock',
  question: 'Do monotonic 128-bit IDs stay unique and in order when clocks go back, leap, stand still, and nodes die?',
  generator: 'uuidv7',
  cluster: { nodes: 3, coordinatorMembers: 1 },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 3000,
  timetable: {
    order: 'seeded',
    slots: [
      {
        name: 'clock-back',
        lengthMs: 6000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -2000 }, atMs: 0, forMs: 5000 }],
      },
      {
        name: 'clock-ahead',
        lengthMs: 11_000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: 5000 }, atMs: 0, forMs: 3000 }],
      },
      {
        name: 'clock-frozen',
        lengthMs: 4000,
        disturbances: [{ fault: 'clock-freeze', options: { node: '@holder' }, atMs: 0, forMs: 2000 }],
      },
      {
        name: 'killed-and-back',
        lengthMs: 7000,
        disturbances: [
          { fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 1000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -4000 }, atMs: 300, forMs: 5000 },
        ],
      },
    ],
  },
  recoverMs: 4000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 2000 + 5000 }),
} satisfies ScenarioInput;
