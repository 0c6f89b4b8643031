import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * A holder hears every coordinator member and is heard by none: no keep-alive arrives, and nothing tells it so. Its clock
 * goes back just after, so that its bound lasts longer than its lease: the fence alone has to stop it.
 */
export default {
  name: 'unheard',
  question: 'Does a holder that its coordinator does not hear stop before its worker ID goes to another?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 5000 } },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'unheard',
        lengthMs: 18000,
        disturbances: [
          {
            fault: 'cut-one-way',
            options: { from: ['@holder'], to: ['etcd1', 'etcd2', 'etcd3'] },
            atMs: 0,
            forMs: 8000,
          },
          { fault: 'clock-step', options: { node: '@holder', byMs: -3000 }, atMs: 300, forMs: 7700 },
        ],
      },
    ],
  },
  recoverMs: 9000,
  hazards: [{ hazard: 'worker-id-changed-hands-while-holder-lived' }],
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
