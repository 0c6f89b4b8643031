import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The coordinator is away for longer than a lease; the nodes' circuit breakers open, and for a while after it has come
 * back nobody asks it. No question does not mean no end: the fence falls while the breaker is open.
 */
export default {
  name: 'breaker-opens',
  question: 'Does a circuit breaker before the coordinator spare the question and never the fence?',
  generator: 'snowflake-remembered',
  cluster: {
    nodes: 4,
    coordinatorMembers: 3,
    options: { pool: 3, ttlMs: 5000, breaker: { failures: 5, openMs: 6000, quietMs: 10_000 } },
  },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        // The clock goes back just after the cut, so that the bound lasts longer than the lease and hides nothing.
        name: 'one-cut-off',
        lengthMs: 22_000,
        disturbances: [
          { fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 0, forMs: 8000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 300, forMs: 7700 },
        ],
      },
      {
        name: 'coordinator-away',
        lengthMs: 22_000,
        disturbances: [{ fault: 'etcd-pause-all', options: {}, atMs: 0, forMs: 6500 }],
      },
    ],
  },
  recoverMs: 40_000,
  // The breaker stays open for longer after the heal than a reach lasts.
  slos: usualSlos({ recoveryMs: 38_000 + 5000, availability: 0.95, errors: 0.05 }),
} satisfies ScenarioInput;
