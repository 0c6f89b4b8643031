import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * Nodes are killed with SIGKILL while they write a million IDs a second, driven by themselves: no client over HTTP asks
 * for so many. At the end all of them are killed in the midst of it. What was minted must be stored, to the last ID.
 */
export default {
  name: 'kill-under-load',
  question: 'Is every ID that was minted stored, when nodes are killed while they write a million IDs a second?',
  generator: 'snowflake',
  cluster: { nodes: 2, coordinatorMembers: 1, options: { pool: 2, ttlMs: 2000 }, selfLoad: 500_000 },
  pool: 2,
  load: { idsPerSecond: 1000, batch: { min: 1, max: 50, mean: 10 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: ['first', 'second'].map((name) => ({
      name,
      lengthMs: 4500,
      // Dead for long enough to be seen dead, on a machine that so much minting keeps busy.
      disturbances: [{ fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 1500 }],
    })),
  },
  recoverMs: 6000,
  slos: usualSlos({ recoveryMs: 8000 + 2000, rate: false }),
} satisfies ScenarioInput;
