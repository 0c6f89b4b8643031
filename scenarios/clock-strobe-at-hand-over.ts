import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The only holder dies, and the clock of its only successor jumps to and fro. It passes the floor, and is far below it
 * when the first request comes. The load is thin, so that there is time between the two.
 */
export default {
  name: 'clock-strobe-at-hand-over',
  question:
    'Does a new holder check for each ID, and not once, that its clock has passed what the one before it minted?',
  generator: 'snowflake',
  cluster: { nodes: 2, coordinatorMembers: 3, options: { pool: 1, ttlMs: 5000 } },
  pool: 1,
  load: {
    idsPerSecond: 30,
    batch: { min: 1, max: 5, mean: 3 },
    simulated: { batchesPerSecond: 6, batch: { min: 1, max: 3, mean: 2 } },
  },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [1, 2, 3].map((round) => ({
      name: `hand-over-${round}`,
      lengthMs: 18_000,
      disturbances: [
        { fault: 'clock-strobe', options: { node: 'n1', byMs: -8000, everyMs: 150 }, atMs: 0, forMs: 11_000 },
        { fault: 'clock-strobe', options: { node: 'n2', byMs: -8000, everyMs: 150 }, atMs: 0, forMs: 11_000 },
        { fault: 'kill', options: { node: '@holder' }, atMs: 500, forMs: 9000 },
      ],
    })),
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000, rate: false }),
} satisfies ScenarioInput;
