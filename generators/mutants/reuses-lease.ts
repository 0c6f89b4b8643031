/**
 * Uses its lease again after an acquisition whose outcome it never learned. That may have come through: then this very
 * lease keeps alive an owner key that nobody knows of, and its worker ID is dark for as long as the node lives.
 */
import type { Generator, Grant } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class ThriftyMinter extends SnowflakeMinter {
  #grant: Grant | undefined;
  #acquiring = false;

  protected override async grant(): Promise<Grant | undefined> {
    this.#acquiring = true;
    return (this.#grant ??= await super.grant());
  }

  protected override hold(...args: Parameters<SnowflakeMinter['hold']>): void {
    this.#acquiring = false;
    super.hold(...args);
  }

  protected override async revoke(lease: string): Promise<void> {
    // Acquiring failed, so it believes: why waste the lease?
    if (this.#acquiring) return;
    this.#grant = undefined;
    await super.revoke(lease);
  }
}

export default {
  name: 'reuses-lease',
  summary: 'Snowflake that tries again with the lease of an acquisition that timed out.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new ThriftyMinter(env)) },
  mutant: {
    breaks: ['recovers', 'owns-worker-id'],
    // A lease that is used again is counted as new from every try: it may end before its fence.
    because: ['silent after the heal', 'minted after its lease'],
    shownBy: ['acquired-and-never-told'],
  },
} satisfies Generator;
