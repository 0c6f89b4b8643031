import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C6',
  claim: 'A node that restarts takes a new worker ID; elsewhere: it reuses its own.',
  note: 'Both can be safe, and neither is by itself: what was minted under a worker ID has to be known to whoever takes it.',
  parts: [
    {
      kind: 'trial',
      says: 'A new worker ID after a restart, leased, with time reserved ahead',
      scenario: 'restart-new-id',
      generator: 'snowflake-remembered',
      seeds: 3,
      control: { generator: 'mints-under-remembered-id', breaks: ['unique', 'well-formed'] },
      judge: keeps('unique', 'increasing-across-lives', 'well-formed'),
    },
    {
      kind: 'trial',
      says: 'Its own worker ID after a restart, leased anew, with time reserved ahead',
      scenario: 'restart-old-id',
      generator: 'snowflake-remembered',
      seeds: 3,
      control: { generator: 'returns-without-bound', breaks: ['unique', 'increasing-across-lives'] },
      judge: keeps('unique', 'increasing-across-lives'),
    },
    {
      kind: 'trial',
      says: 'Its own worker ID after a restart, and nothing that tells what was minted under it, as the design has it',
      scenario: 'restart-old-id',
      generator: 'returns-without-bound',
      seeds: 3,
      judge: keeps('unique', 'increasing-across-lives'),
    },
  ],
} satisfies Claim;
