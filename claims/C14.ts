import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C14',
  claim: 'A ring buffer of IDs made ready is refilled below a threshold; "IDs may be slightly out of order".',
  note: 'Stale after idleness, and ahead of the clock under load: an ID has to be looked at again when it is handed out.',
  parts: [
    {
      kind: 'trial',
      says: 'A ring whose IDs are handed out whatever their age',
      scenario: 'idle-ring',
      generator: 'stale-ring',
      seeds: 3,
      judge: keeps('unique', 'time-honest'),
    },
    {
      kind: 'trial',
      says: 'A ring whose IDs are held against clock and lease when they are handed out: none is out of order',
      scenario: 'idle-ring',
      generator: 'ring-buffer',
      seeds: 3,
      control: { generator: 'stale-ring', breaks: ['time-honest'] },
      judge: keeps('unique', 'increasing-per-node', 'time-honest'),
    },
  ],
} satisfies Claim;
