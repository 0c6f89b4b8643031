import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C13',
  claim: 'The clock is read once a batch; the offset of the clock is measured and cached for minutes.',
  note: 'A reading that is stale is a time that nobody looked at.',
  parts: [
    {
      kind: 'trial',
      says: 'One reading of the clock is enough for a whole batch',
      scenario: 'burst',
      generator: 'reads-clock-once-a-batch',
      seeds: 3,
      judge: keeps('unique', 'time-honest'),
    },
    {
      kind: 'trial',
      says: 'An offset that was measured a minute ago is good enough',
      scenario: 'clock-strobe',
      generator: 'caches-clock-offset',
      seeds: 3,
      judge: keeps('unique', 'time-honest'),
    },
    {
      kind: 'trial',
      says: 'Read for each ID, the clock may jump back and forth',
      scenario: 'clock-strobe',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'caches-clock-offset', breaks: ['time-honest'] },
      judge: keeps('unique', 'increasing-per-node', 'time-honest'),
    },
  ],
} satisfies Claim;
