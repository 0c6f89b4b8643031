import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C11',
  claim:
    'A circuit breaker before the coordinator: 5 failures open it, for 30 s, and a half-open test closes it again (60 s).',
  note: 'Tried with a breaker that is open for 6 s and a lease of 5 s: what matters is that it is open for longer than the lease lasts.',
  parts: [
    {
      kind: 'trial',
      says: 'An open breaker spares the question and never the end of the lease',
      scenario: 'breaker-opens',
      generator: 'snowflake-remembered',
      seeds: 3,
      control: { generator: 'mints-while-breaker-is-open', breaks: ['owns-worker-id'] },
      judge: keeps('unique', 'owns-worker-id', 'recovers'),
    },
  ],
} satisfies Claim;
