import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C8',
  claim:
    'In a partition each side goes on without duplicates, because worker IDs are unique: no split brain is possible.',
  note: 'False together with C5 and C7: a lease ends on one side while its holder goes on on the other.',
  parts: [
    {
      kind: 'trial',
      says: 'Each side goes on, the one with a minority of the coordinator too, and nothing is minted twice',
      scenario: 'minority-side',
      generator: 'snowflake-cached',
      seeds: 3,
      judge: keeps('unique', 'owns-worker-id'),
    },
    {
      kind: 'trial',
      says: 'Nothing is minted twice where the side without a majority stops when its leases are over',
      scenario: 'minority-side',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'no-fence', breaks: ['owns-worker-id'] },
      judge: keeps('unique', 'owns-worker-id'),
    },
  ],
} satisfies Claim;
