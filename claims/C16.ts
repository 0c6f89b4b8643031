import type { Claim, Judgement } from '../harness/core/claim.ts';
import { counted } from '../harness/core/phrases.ts';
import type { Run } from '../harness/core/run.ts';
import { keeps, wordsOf } from './reading/keeps.ts';
import { longestSilenceMs } from './reading/silence.ts';

/** What an outage of the database costs a node whose buffers are not as long as it. */
function outage(runs: readonly Run[]): Judgement {
  const silences = runs.flatMap((run) =>
    run.disturbances
      .filter(({ bit }) => bit)
      .flatMap((disturbance) => run.nodes.map((node) => longestSilenceMs(run, disturbance, node))),
  );
  const longest = Math.max(0, ...silences);
  const refused = runs.reduce((sum, { evidence }) => sum + evidence.requests.refused, 0);
  return {
    outcome: 'measured',
    because: `While the database was away a node minted nothing for up to ${(longest / 1000).toFixed(2)} s, and ${counted(refused, 'request')} were refused, in ${wordsOf(runs)}.`,
  };
}

export default {
  name: 'C16',
  claim: 'Segment mode: ranges from a database, with a double buffer, or its auto-increment.',
  note: 'The database is the single point of failure: the buffers decide for how long that is not noticed.',
  parts: [
    {
      kind: 'trial',
      says: 'A double buffer gives no number twice while the database is slow, or away',
      scenario: 'segment-database-stalls',
      generator: 'segment',
      seeds: 3,
      control: { generator: 'segment-guesses-lost-range', breaks: ['unique'] },
      judge: keeps('unique', 'increasing-per-node'),
    },
    {
      kind: 'trial',
      says: 'The buffers bridge an outage of 6 s',
      scenario: 'segment-buffers-empty',
      generator: 'segment',
      seeds: 3,
      judge: outage,
    },
  ],
} satisfies Claim;
