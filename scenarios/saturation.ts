import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

/**
 * One node mints all that 41/10/12 gives, 4,096,000 IDs a second, for a minute, driven by itself. Nothing goes wrong: what
 * is shaken is the way from the tap to the verdict: how far the harness was behind is told by the figures `collector-lag`,
 * `live-lag` and `harness-share`.
 */
export default {
  name: 'saturation',
  question: 'Is every ID stored and judged when a node mints all that its format gives?',
  generator: 'saturate',
  cluster: { nodes: 1, coordinatorMembers: 0, selfLoad: 4_096_000 },
  load: { idsPerSecond: 200, batch: { min: 1, max: 20, mean: 10 } },
  warmUpMs: 3000,
  timetable: {
    order: 'given',
    slots: [{ name: 'full', lengthMs: 54_000, disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 53_000 }] }],
  },
  recoverMs: 6000,
  slos: usualSlos({ rate: false }),
} satisfies ScenarioInput;
