import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C3',
  claim: 'A clock that goes back by less than 5 ms is waited for; from 5 ms on the generator refuses, logs and alerts.',
  note: 'What happens at exactly 5 ms is stated both ways. `snowflake` declares one: it waits at 5 and refuses from 6.',
  parts: [
    {
      kind: 'trial',
      says: 'With the boundary declared, a step back of exactly 5 ms costs neither order nor uniqueness',
      scenario: 'back-five-milliseconds',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'mints-at-the-boundary', breaks: ['unique', 'increasing-per-node'] },
      judge: keeps('unique', 'increasing-per-node'),
    },
    {
      kind: 'trial',
      says: 'The two statements together are safe: it waits below 5 ms and refuses above',
      scenario: 'back-five-milliseconds',
      generator: 'mints-at-the-boundary',
      seeds: 3,
      judge: keeps('unique', 'increasing-per-node'),
    },
    {
      kind: 'trial',
      says: 'A long step back is refused, and minting goes on when the clock is right again',
      scenario: 'clock-back-an-hour',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'trusts-clock-backwards', breaks: ['increasing-per-node'] },
      judge: keeps('unique', 'increasing-per-node', 'recovers'),
    },
  ],
} satisfies Claim;
