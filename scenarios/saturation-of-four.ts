import type { ScenarioInput } from '../harness/core/scenario.ts';
import saturation from './saturation.ts';

/** As many IDs as in `saturation`, by four nodes: their lines of minting lie side by side in every millisecond. */
export default {
  ...saturation,
  name: 'saturation-of-four',
  question: 'Is every ID stored and judged when four nodes together mint four million a second?',
  cluster: { nodes: 4, coordinatorMembers: 0, selfLoad: 1_024_000, options: { perMs: 1024 } },
} satisfies ScenarioInput;
