import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * The last static worker ID and the first leased one are in use side by side, and leased ones change hands: whoever
 * counts one too many or too few leases the ID that a static node mints under, and no lease tells it.
 */
export default {
  name: 'hybrid-ids',
  question: 'Do static worker IDs 0–15 and leased ones from 16 on keep apart at their boundary?',
  generator: 'snowflake-hybrid',
  cluster: {
    nodes: 5,
    coordinatorMembers: 3,
    options: { staticIds: { from: 0, to: 15 }, leasedIds: { from: 16, to: 18 }, ttlMs: 5000 },
    perNode: { n1: { workerId: 0 }, n2: { workerId: 15 } },
  },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 4000,
  timetable: {
    order: 'seeded',
    slots: [
      {
        name: 'leased-killed',
        lengthMs: 9000,
        disturbances: [{ fault: 'kill', options: { node: 'n4' }, atMs: 0, forMs: 1500 }],
      },
      {
        name: 'leased-paused',
        lengthMs: 13_000,
        disturbances: [{ fault: 'pause', options: { node: 'n5' }, atMs: 0, forMs: 7000 }],
      },
      {
        name: 'static-killed',
        lengthMs: 9000,
        disturbances: [{ fault: 'kill', options: { node: 'n2' }, atMs: 0, forMs: 1500 }],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
