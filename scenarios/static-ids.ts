import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Worker IDs that no coordinator hands out: nothing but a node's own disk remembers how far an earlier life minted. The
 * clock goes back while a node runs; while it is down, by more than it takes to start; and after it ran ahead, with all
 * that was minted then still to come.
 */
export default {
  name: 'static-ids',
  question: 'Do static worker IDs stay unique and in order through restarts with the clock behind?',
  generator: 'snowflake-static',
  cluster: {
    nodes: 3,
    coordinatorMembers: 1,
    perNode: { n2: { workerId: 700 }, n3: { datacenter: 31, worker: 31 } },
  },
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 3000,
  timetable: {
    order: 'seeded',
    slots: [
      {
        name: 'clock-back',
        lengthMs: 7000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 0, forMs: 6000 }],
      },
      {
        name: 'killed-and-back',
        lengthMs: 12_000,
        disturbances: [
          { fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 1000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -4000 }, atMs: 300, forMs: 7000 },
        ],
      },
      {
        // Dark for the lead and for the window that the killed life had reserved beyond it.
        name: 'ahead-then-killed',
        lengthMs: 15_000,
        disturbances: [
          { fault: 'clock-step', options: { node: '@holder', byMs: 5000 }, atMs: 0, forMs: 3000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 2500, forMs: 1500 },
        ],
      },
    ],
  },
  recoverMs: 6000,
  hazards: [{ hazard: 'restarted-with-clock-behind' }],
  slos: usualSlos({ recoveryMs: 5000 + 5000 }),
} satisfies ScenarioInput;
