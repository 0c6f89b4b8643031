import type { Claim, Judgement } from '../harness/core/claim.ts';
import { grouped } from '../harness/core/phrases.ts';
import type { Run } from '../harness/core/run.ts';
import { keeps, wordsOf } from './reading/keeps.ts';
import { longestSilenceMs } from './reading/silence.ts';

/** What the design allows a full sequence to wait. */
const WAIT_MAX_MS = 1;

function waits(runs: readonly Run[]): Judgement {
  const waited = runs.flatMap((run) =>
    run.disturbances
      .filter(({ fault, bit }) => fault === 'clock-freeze' && bit)
      .map((freeze) => ({ seed: run.seed, ms: longestSilenceMs(run, freeze, freeze.reach[0]) })),
  );
  const longest = waited.toSorted((one, other) => other.ms - one.ms)[0];
  if (longest === undefined) return { outcome: 'not judged', because: 'No clock stood still.' };
  return longest.ms > WAIT_MAX_MS
    ? {
        outcome: 'broken',
        because: `A clock that stands still has no next millisecond, in ${wordsOf(runs)}.`,
        witness: `With its clock frozen the node was asked all the time and minted nothing for ${grouped(longest.ms)} ms (seed ${longest.seed}).`,
      }
    : { outcome: 'measured', because: `It waited ${longest.ms} ms at the most while its clock stood still.` };
}

export default {
  name: 'C2',
  claim: 'When the sequence is exhausted, the generator waits for the next millisecond: 1 ms at the most.',
  note: 'False under a clock that is frozen or slow: the next millisecond does not come.',
  parts: [
    {
      kind: 'trial',
      says: 'A full sequence waits for the next millisecond and never begins anew within one',
      scenario: 'burst',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'wraps-sequence', breaks: ['unique', 'increasing-per-node'] },
      judge: keeps('unique', 'increasing-per-node', 'time-honest'),
    },
    {
      kind: 'trial',
      says: 'The wait is 1 ms at the most, whatever the clock does',
      scenario: 'burst',
      generator: 'snowflake',
      seeds: 3,
      judge: waits,
    },
    {
      kind: 'unjudged',
      says: 'The wait is 1 ms at the most while the clock runs true',
      because:
        'A wait of a millisecond is real time, and the time of the simulator is virtual. `snowglobe run burst --driver local` shows what it costs clients.',
    },
  ],
} satisfies Claim;
