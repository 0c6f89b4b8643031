import type { Claim } from '../harness/core/claim.ts';
import { keeps } from './reading/keeps.ts';

export default {
  name: 'C7',
  claim:
    'While the coordinator is down, running nodes go on with the cached worker ID, and new nodes cannot start; a cached machine ID and static configuration are the fallback.',
  note: 'Unsafe where the lease is what proves the owner: when it is over, another node may hold the worker ID.',
  parts: [
    {
      kind: 'trial',
      says: 'Running nodes that go on with the cached worker ID mint nothing twice',
      scenario: 'storm',
      generator: 'snowflake-cached',
      seeds: 3,
      judge: keeps('unique', 'owns-worker-id'),
    },
    {
      kind: 'trial',
      says: 'A new node that has no coordinator waits, and mints nothing until it has a worker ID of its own',
      scenario: 'started-without-coordinator',
      generator: 'snowflake',
      seeds: 3,
      control: { generator: 'falls-back-to-static', breaks: ['unique', 'owns-worker-id'] },
      judge: keeps('unique', 'owns-worker-id'),
    },
    {
      kind: 'trial',
      says: 'Static configuration is a safe fallback for a node that starts without the coordinator',
      scenario: 'started-without-coordinator',
      generator: 'falls-back-to-static',
      seeds: 3,
      judge: keeps('unique', 'owns-worker-id'),
    },
  ],
} satisfies Claim;
