import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Nodes are killed and stopped in the midst of their ranges; one is killed while the database stands still. The next range
 * is taken late, so that what a node took last is what it uses.
 */
export default {
  name: 'segment-killed',
  question: 'Does a segment generator leave the rest of a range unused when its process dies?',
  generator: 'segment',
  cluster: { nodes: 4, coordinator: 'postgres', coordinatorMembers: 1, options: { step: 1000, prefetchAt: 0.9 } },
  load: { idsPerSecond: 2000, batch: { min: 1, max: 100, mean: 20 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'killed',
        lengthMs: 5000,
        disturbances: [{ fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 2500 }],
      },
      {
        name: 'stopped',
        lengthMs: 5000,
        disturbances: [{ fault: 'pause', options: { node: '@holder' }, atMs: 0, forMs: 3000 }],
      },
      {
        name: 'killed-without-database',
        lengthMs: 8000,
        disturbances: [
          { fault: 'etcd-pause-all', options: {}, atMs: 0, forMs: 4000 },
          { fault: 'kill', options: { node: '@holder' }, atMs: 1000, forMs: 2000 },
        ],
      },
    ],
  },
  recoverMs: 6000,
  slos: usualSlos({ recoveryMs: 5000 }),
} satisfies ScenarioInput;
