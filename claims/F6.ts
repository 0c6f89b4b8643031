import type { Claim, Judgement } from '../harness/core/claim.ts';
import { grouped } from '../harness/core/phrases.ts';

const [PER_MS, IDS_A_MS, CLAIMED] = [4096, 10, 400];

function headroom(): Judgement {
  const times = PER_MS / IDS_A_MS;
  const figures = `${grouped(PER_MS)} IDs fit into a millisecond, ${times} times ${IDS_A_MS}`;
  return times >= CLAIMED
    ? { outcome: 'held', because: `${figures}.` }
    : { outcome: 'broken', because: 'There is less room.', witness: `${figures}.` };
}

export default {
  name: 'F6',
  claim: 'Sequence utilisation: warn at 50 %, critical at 80 %; "400× headroom" at 10 IDs a millisecond.',
  parts: [
    { kind: 'calculation', says: 'At 10 IDs a millisecond there is 400 times as much room', judge: headroom },
    {
      kind: 'calculation',
      says: 'The limits are 50 % and 80 % of a sequence',
      judge: () => ({
        outcome: 'measured',
        because: `They are ${grouped(Math.ceil(PER_MS * 0.5))} and ${grouped(Math.ceil(PER_MS * 0.8))} IDs in one millisecond of one node: ${grouped(PER_MS * 500)} and ${grouped(PER_MS * 800)} a second, if they come evenly.`,
      }),
    },
    {
      kind: 'unjudged',
      says: 'Real load stays below these limits',
      because:
        'How full a millisecond gets depends on real time, and the simulator offers a thin load. The indicator sequence-utilisation measures it: `snowglobe run storm --driver docker`.',
    },
  ],
} satisfies Claim;
