import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A node leaves in good order and gives its worker ID back; the other one, whose clock is behind, takes it at once. With
 * one worker ID and two nodes there is no other heir; whoever holds it at first, the second slot hands it over.
 */
export default {
  name: 'scale-down-successor-behind',
  question: 'Does a successor whose clock is behind mint times that were used before the worker ID was given back?',
  generator: 'snowflake',
  cluster: { nodes: 2, coordinatorMembers: 3, options: { pool: 1, ttlMs: 5000 } },
  pool: 1,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'first-leaves',
        lengthMs: 10_000,
        disturbances: [
          { fault: 'clock-step', options: { node: 'n2', byMs: -3000 }, atMs: 0, forMs: 6000 },
          { fault: 'scale-down', options: { nodes: ['n1'] }, atMs: 500, forMs: 7000 },
        ],
      },
      {
        name: 'second-leaves',
        lengthMs: 10_000,
        disturbances: [
          { fault: 'clock-step', options: { node: 'n1', byMs: -3000 }, atMs: 0, forMs: 6000 },
          { fault: 'scale-down', options: { nodes: ['n2'] }, atMs: 500, forMs: 7000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'reused-at-once-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000, rate: false }),
} satisfies ScenarioInput;
