import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C4',
  claim: 'As soon as drift is detected the generator stops at once.',
  note: 'Contradicts C3, which reacts to backward steps only, and waits out small ones.',
  parts: [
    {
      kind: 'trial',
      says: 'A node that stops when its clock goes back mints again when all is well',
      scenario: 'clock-drift',
      generator: 'stops-for-good',
      seeds: 3,
      judge: keeps('recovers'),
    },
    {
      kind: 'trial',
      says: 'Stopping is not needed: a node that mints through a drift, and only forward, keeps order and honesty',
      scenario: 'clock-drift',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'trusts-clock-backwards', breaks: ['unique', 'increasing-per-node'] },
      judge: keeps('unique', 'increasing-per-node', 'time-honest'),
    },
  ],
} satisfies Claim;
