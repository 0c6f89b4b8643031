import type { Claim, Judgement } from '../harness/core/claim.ts';
import { grouped } from '../harness/core/phrases.ts';

const [IDS_PER_NODE, CAPACITY, FULL] = [3_000_000, 4_096_000, 0.75];

function room(): Judgement {
  const share = IDS_PER_NODE / CAPACITY;
  const figures = `${grouped(IDS_PER_NODE)} of ${grouped(CAPACITY)} IDs a second and node are ${(share * 100).toFixed(1)} %`;
  return share < FULL
    ? { outcome: 'held', because: `${figures}, below the 75 % at which to grow.` }
    : { outcome: 'broken', because: 'The target itself asks for growth.', witness: `${figures}.` };
}

export default {
  name: 'F5',
  claim:
    'Scaling: above 70 % CPU or 5 ms of mean latency for 5 minutes, 1 % of overflowing requests, a queue of 1,000, or 75 % (80 %) of capacity, 2 to 4 nodes are added; an autoscaler keeps 3 million IDs a second and node, between 2 (10) and 32 (100) nodes.',
  parts: [
    {
      kind: 'calculation',
      says: 'Three million IDs a second and node leave the room that the other triggers ask for',
      judge: room,
    },
    {
      kind: 'unjudged',
      says: 'The autoscaler adds and takes away nodes so that these limits hold',
      because:
        'It takes an autoscaler and a cluster that grows, and there is neither here. `snowglobe plan` writes a manifest whose bounds the worker IDs allow.',
    },
  ],
} satisfies Claim;
