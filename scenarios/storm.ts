import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Every disturbance that a leased worker ID must survive, one after another, in an order drawn from the seed, each aimed
 * at a holder of that moment: a disturbance that hits the standby proves nothing.
 *
 * The lengths leave each slot time to light all worker IDs again before the next begins (lease 5 s, bound 3 s ahead): a
 * clock that ran 10 s ahead darkens its worker ID for its lead and the bound's window, so that slot is the longest.
 */
export default {
  name: 'storm',
  question:
    'Does the generator keep its promises when clocks, network, coordinator and processes fail one after another?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: {
    idsPerSecond: 20_000,
    batch: { min: 1, max: 1000, mean: 100 },
    // More than other scenarios: a simulated pause is to fall between two clock reads of one call.
    simulated: { batchesPerSecond: 150, batch: { min: 1, max: 9, mean: 4 } },
  },
  warmUpMs: 6000,
  timetable: {
    order: 'seeded',
    slots: [
      {
        name: 'clock-back',
        lengthMs: 7000,
        disturbances: [{ fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 0, forMs: 6000 }],
      },
      {
        // Ahead, the node reserves and mints future time; cut off, it cannot lower what it reserved. Its successor has
        // to wait until true time has passed all of it.
        name: 'ahead-and-cut',
        lengthMs: 18_000,
        disturbances: [
          { fault: 'clock-step', options: { node: '@holder', byMs: 10_000 }, atMs: 0, forMs: 8500 },
          { fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 1500, forMs: 7000 },
        ],
      },
      {
        name: 'clock-frozen',
        lengthMs: 3000,
        disturbances: [{ fault: 'clock-freeze', options: { node: '@holder' }, atMs: 0, forMs: 2000 }],
      },
      {
        // A bound of 3 s would stop a node without a fence before its lease of 5 s ends, and so hide the missing fence:
        // the clock goes back just after the cut, so that the bound lasts longer than the lease.
        name: 'cut-and-back',
        lengthMs: 9500,
        disturbances: [
          { fault: 'cut-from-etcd', options: { node: '@holder' }, atMs: 0, forMs: 8000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 300, forMs: 7700 },
        ],
      },
      {
        name: 'leader-killed',
        lengthMs: 3000,
        disturbances: [{ fault: 'etcd-leader-kill', options: {}, atMs: 0, forMs: 1800 }],
      },
      {
        name: 'quorum-lost',
        lengthMs: 10_500,
        disturbances: [{ fault: 'etcd-quorum-loss', options: {}, atMs: 0, forMs: 7000 }],
      },
      {
        name: 'paused',
        lengthMs: 8000,
        disturbances: [{ fault: 'pause', options: { node: '@holder' }, atMs: 0, forMs: 7000 }],
      },
      {
        // Back by more than the lease: a smaller step is hidden by the wait for the old lease to end.
        name: 'killed-and-back',
        lengthMs: 7500,
        disturbances: [
          { fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 2000 },
          { fault: 'clock-step', options: { node: '@holder', byMs: -8000 }, atMs: 500, forMs: 6000 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [
    { hazard: 'worker-id-changed-hands-while-holder-lived' },
    { hazard: 'minted-ahead-and-lost-coordinator' },
    { hazard: 'restarted-with-clock-behind' },
  ],
  slos: usualSlos({ recoveryMs: 8000 + 5000 + 10_000 }),
} satisfies ScenarioInput;
