import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder's clock runs ahead for a while, is put right, and the holder dies. What it minted lies ahead of its successor,
 * and only the bound says so: whoever lets the bound follow the clock down has forgotten it.
 */
export default {
  name: 'ahead-then-handed-over',
  question: 'Does a successor wait for the future that a holder used up before its clock was put right?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'ahead-then-killed',
        lengthMs: 20_000,
        disturbances: [
          { fault: 'clock-step', options: { node: '@holder', byMs: 10_000 }, atMs: 0, forMs: 2000 },
          // An extension of the bound comes every 500 ms.
          { fault: 'kill', options: { node: '@holder' }, atMs: 3000, forMs: 9000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 + 10_000 }),
} satisfies ScenarioInput;
