import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A leader that stood still for longer than a lease may end it when it goes on, although it was kept alive with its
 * successor (etcd issues 12528 and 15247): seen in one of about twenty tries. Many leases, several rounds; in the simulator
 * the coordinator does it every time. It is the coordinator that breaks its word, and no fault of a generator.
 */
export default {
  name: 'early-revoke',
  question: 'Does the coordinator end leases that were kept alive, and what do generators make of it?',
  generator: 'snowflake',
  cluster: {
    nodes: 10,
    coordinatorMembers: 3,
    options: { pool: 8, ttlMs: 2000 },
    simulated: { revokesEarly: true },
  },
  pool: 8,
  load: { idsPerSecond: 5000, batch: { min: 1, max: 100, mean: 20 } },
  warmUpMs: 5000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'round-1',
        lengthMs: 7500,
        disturbances: [{ fault: 'etcd-leader-pause', options: {}, atMs: 0, forMs: 4000 }],
      },
      {
        name: 'round-2',
        lengthMs: 7500,
        disturbances: [{ fault: 'etcd-leader-pause', options: {}, atMs: 0, forMs: 4000 }],
      },
      {
        name: 'round-3',
        lengthMs: 7500,
        disturbances: [{ fault: 'etcd-leader-pause', options: {}, atMs: 0, forMs: 4000 }],
      },
      {
        name: 'round-4',
        lengthMs: 7500,
        disturbances: [{ fault: 'etcd-leader-pause', options: {}, atMs: 0, forMs: 4000 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 2000 }),
} satisfies ScenarioInput;
