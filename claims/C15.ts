import type { Claim, Trial } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

/** The simulator has one thread. */
const THREADS = {
  drivers: ['local', 'docker'],
  because: 'Threads race in real time only.',
} as const satisfies Trial['only'];

export default {
  name: 'C15',
  claim: 'Lock-free: the last timestamp is advanced by compare-and-swap, and then the sequence is reset.',
  note: 'The two steps race: between them another thread counts on from the old sequence.',
  parts: [
    {
      kind: 'trial',
      says: 'Timestamp and sequence in two steps mint nothing twice',
      scenario: 'threads-at-full-load',
      generator: 'races-for-sequence',
      seeds: 1,
      only: THREADS,
      judge: keeps('unique', 'increasing-per-node'),
    },
    {
      kind: 'trial',
      says: 'Timestamp and sequence in one word, advanced by one compare-and-swap, mint nothing twice',
      scenario: 'threads-at-full-load',
      generator: 'snowflake-threads',
      seeds: 1,
      only: THREADS,
      control: { generator: 'races-for-sequence', breaks: ['unique', 'increasing-per-node'] },
      judge: keeps('unique', 'increasing-per-node'),
    },
  ],
} satisfies Claim;
