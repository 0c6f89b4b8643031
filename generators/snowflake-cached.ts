/**
 * The widespread policy: take a worker ID from a lease at start, keep it in a variable, and go on minting whatever the
 * coordinator says later. An outage of the coordinator then costs no availability, and that is why it is popular; but
 * once the lease has run out, a second node may hold the same worker ID.
 *
 * It promises what its users believe of it, and does what it was built to do. Since it cannot keep what it promises, it is
 * judged as mutants are.
 */
import type { Generator, Holding } from '../harness/core/generator.ts';
import { LAYOUT, refusesOptions, SnowflakeMinter, start } from './snowflake.ts';
import type { Reason, Tenure } from './snowflake.ts';

/** How often a node whose lease is gone tries to put its cached worker ID under a new one. */
const RECLAIM_EVERY_MS = 1000;

class CachedMinter extends SnowflakeMinter {
  override holding(): Holding | undefined {
    const held = super.holding();
    return held?.lease && { ...held, lease: { ...held.lease, fenceNs: 0n, limitMs: 0 } };
  }

  protected override leaseIsOver(): boolean {
    return false;
  }

  protected override outsideBound(): Reason | undefined {
    return undefined;
  }

  /** It reserves no time ahead: its lease is all that it keeps. */
  protected override async serve(tenure: Tenure): Promise<void> {
    let held = tenure;
    for (;;) {
      await this.keepLease(held);
      held = await this.#reclaim(held);
    }
  }

  /** The lease is gone, and the cached worker ID stays. */
  protected override drop(tenure: Tenure): void {
    tenure.lost = true;
  }

  /** Tries to own the cached worker ID again, minting all the while. */
  async #reclaim(tenure: Tenure): Promise<Tenure> {
    for (;;) {
      await this.env.sleep(RECLAIM_EVERY_MS);
      const renewed = await this.take(tenure.workerId);
      if (renewed === undefined) continue;
      this.hold(renewed);
      return renewed;
    }
  }
}

export default {
  name: 'snowflake-cached',
  summary: '41/10/12 Snowflake that caches its leased worker ID and mints on when the lease is gone.',
  promises: [
    { guarantee: 'unique' },
    { guarantee: 'increasing-per-node' },
    { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] },
    { guarantee: 'time-honest', pastMs: 1, futureMs: 0 },
    { guarantee: 'well-formed' },
    { guarantee: 'fails-closed' },
    { guarantee: 'faithful-encoding' },
  ],
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new CachedMinter(env)) },
  mutant: {
    breaks: ['unique', 'owns-worker-id', 'increasing-across-lives'],
    because: 'two holders: cut from the coordinator',
    shownBy: ['storm'],
  },
} satisfies Generator;
