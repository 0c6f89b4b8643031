import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C12',
  claim:
    'The machine ID is cached locally and refreshed in the background; a pool of generators is kept warm; a node that is scaled down gives its worker ID back.',
  note: 'Given back, a worker ID is taken at once, and by a successor whose clock may be behind.',
  parts: [
    {
      kind: 'trial',
      says: 'A worker ID that was given back is taken at once by a successor whose clock is behind, with time reserved ahead',
      scenario: 'scale-down-successor-behind',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'no-bound', breaks: ['unique', 'increasing-across-lives'] },
      judge: keeps('unique', 'increasing-across-lives'),
    },
    {
      kind: 'trial',
      says: 'It is taken so without any time reserved, as the design has it',
      scenario: 'scale-down-successor-behind',
      generator: 'no-bound',
      seeds: 3,
      judge: keeps('unique', 'increasing-across-lives'),
    },
    {
      kind: 'trial',
      says: 'A machine ID that was cached on disk is good to start with',
      scenario: 'started-without-coordinator',
      generator: 'trusts-local-file',
      seeds: 3,
      judge: keeps('unique', 'owns-worker-id'),
    },
  ],
} satisfies Claim;
