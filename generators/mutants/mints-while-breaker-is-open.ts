/** Its circuit breaker spares the fence with the question: while nobody is asked, the lease is taken to hold. */
import type { Generator } from '../../harness/core/generator.ts';
import remembered, { RememberingMinter } from '../snowflake-remembered.ts';
import { start } from '../snowflake.ts';

class TrustingMinter extends RememberingMinter {
  protected override leaseIsOver(): boolean {
    return false;
  }
}

export default {
  ...remembered,
  name: 'mints-while-breaker-is-open',
  summary: 'Snowflake that remembers its worker ID, and mints on while its circuit breaker is open.',
  node: { kind: 'shell', create: (env) => start(new TrustingMinter(env)) },
  mutant: { breaks: ['owns-worker-id'], because: 'minted after its lease', shownBy: ['breaker-opens'] },
} satisfies Generator;
