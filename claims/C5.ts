import type { Claim, Judgement } from '../harness/core/claim.ts';
import type { Run } from '../harness/core/run.ts';
import { keeps, wordsOf } from './reading/keeps.ts';
import { keptItsWorkerId } from './reading/silence.ts';

/** The holder kept its worker ID through a cut that was shorter than its lease, in each run. */
function keptThroughTheCut(runs: readonly Run[]): Judgement {
  const judged = keeps('unique', 'owns-worker-id')(runs);
  if (judged.outcome !== 'held') return judged;
  const lost = runs.find((run) => !keptItsWorkerId(run, 'cut-within-the-lease'));
  return lost === undefined
    ? { ...judged, because: `A cut of 15 s cost no holder its worker ID. ${judged.because}` }
    : {
        outcome: 'broken',
        because: 'A cut that was shorter than the lease cost the holder its worker ID.',
        witness: `Seed ${lost.seed}: worker ID ${lost.slots[0]?.workerId} of ${lost.slots[0]?.holder} had other holders, or none, before the slot was over.`,
      };
}

const CHANGED_HANDS = 'worker-id-changed-hands-while-holder-lived';

/** Whether the worker ID went to another node while its holder lived: it was no more than cut off for a while. */
function changedHands(runs: readonly Run[]): Judgement {
  const reached = runs.flatMap((run) =>
    run.hazards
      .filter(({ hazard, reached: isReached }) => hazard === CHANGED_HANDS && isReached)
      .map(({ detail = '' }) => ({ seed: run.seed, detail })),
  );
  const [first] = reached;
  return first === undefined
    ? {
        outcome: 'not judged',
        because: 'No worker ID changed hands, and nothing shows that a cut fell where it could have.',
      }
    : {
        outcome: 'broken',
        because: `A cut of 4 s cost a living holder its worker ID in ${reached.length} of ${wordsOf(runs)}.`,
        witness: `Seed ${first.seed}: ${first.detail}`,
      };
}

export default {
  name: 'C5',
  claim: 'A worker ID is leased at start, for 30 s, and kept alive every 10 s; elsewhere: "heartbeat every 30 s".',
  note: 'A heartbeat as long as the lease leaves no slack: the keep-alive comes when the lease is over.',
  parts: [
    {
      kind: 'trial',
      says: 'TTL 30 s, heartbeat 10 s: a cut that is shorter than the lease costs no worker ID, and a longer one ends the holder',
      scenario: 'lease-with-slack',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'no-fence', breaks: ['owns-worker-id'] },
      judge: keptThroughTheCut,
    },
    {
      kind: 'trial',
      says: 'TTL 30 s, heartbeat 30 s: a holder keeps its worker ID through a cut that is shorter than the lease',
      scenario: 'lease-without-slack',
      generator: 'snowflake',
      seeds: 3,
      judge: changedHands,
    },
    {
      kind: 'trial',
      says: 'TTL 30 s, heartbeat 30 s: a holder that loses its worker ID so has stopped by then',
      scenario: 'lease-without-slack',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'no-fence', breaks: ['owns-worker-id'] },
      judge: keeps('unique', 'owns-worker-id'),
    },
  ],
} satisfies Claim;
