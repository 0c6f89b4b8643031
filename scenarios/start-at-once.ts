import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A cluster is born: nobody owns anything, the coordinator is empty, and all nodes start in the same moment and ask for
 * worker IDs. A claim that is not decided by the coordinator in one step is made twice.
 */
export default {
  name: 'start-at-once',
  question: 'Does each worker ID get one holder when all nodes start at once on an empty coordinator?',
  generator: 'snowflake',
  cluster: { nodes: 6, coordinatorMembers: 3, options: { pool: 4, ttlMs: 5000 } },
  pool: 4,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: ['once', 'again', 'once-more'].map((name) => ({
      name,
      lengthMs: 8000,
      disturbances: [{ fault: 'start-at-once', options: {}, atMs: 0, forMs: 2000 }],
    })),
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'all-started-at-once' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
