import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C9',
  claim: 'Hybrid worker IDs: static ones, 0 to 15, for core workers, and leased ones, 16 to 31, for the rest.',
  note: 'Safe as long as the two ranges never meet: the boundary is between 15 and 16.',
  parts: [
    {
      kind: 'trial',
      says: 'Static and leased worker IDs keep apart at their boundary',
      scenario: 'hybrid-ids',
      generator: 'snowflake-hybrid',
      seeds: 3,
      control: { generator: 'leases-a-static-id', breaks: ['unique', 'owns-worker-id'] },
      judge: keeps('unique', 'owns-worker-id', 'increasing-across-lives'),
    },
  ],
} satisfies Claim;
