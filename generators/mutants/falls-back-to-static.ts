/** Takes a worker ID from its place in the cluster when the coordinator is away as it starts: somebody may hold it. */
import type { Generator } from '../../harness/core/generator.ts';
import { ATTEMPT_MS, LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';

const FOREVER_MS = 1_000_000_000;

export class IndependentMinter extends SnowflakeMinter {
  #isFirst = true;

  protected override async acquire(): Promise<Tenure | undefined> {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const owners = await this.attempt((coordination) => coordination.range('o/', ATTEMPT_MS));
    const workerId = isFirst && owners === undefined ? await this.fallback() : undefined;
    if (workerId === undefined) return super.acquire();
    this.believe(this.env.wallMs());
    return {
      workerId,
      lease: '0',
      ttlMs: FOREVER_MS,
      nonce: '',
      createRevision: '0',
      floorMs: -1,
      limitMs: Number.MAX_SAFE_INTEGER,
      fenceNs: this.env.monotonicNs() + BigInt(FOREVER_MS) * 1_000_000n,
      lost: false,
      settled: true,
      extending: true,
      extensionAskedNs: 0n,
    };
  }

  /** The worker ID to start with when the coordinator does not answer. */
  protected async fallback(): Promise<number | undefined> {
    return this.env.host.index % this.settings.pool;
  }

  protected override async serve(tenure: Tenure): Promise<void> {
    if (tenure.ttlMs === FOREVER_MS) await this.env.sleep(FOREVER_MS);
    else await super.serve(tenure);
  }
}

export default {
  name: 'falls-back-to-static',
  summary: 'Snowflake that starts without a coordinator, on a worker ID of its own choosing.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new IndependentMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives', 'owns-worker-id', 'recovers'],
    because: 'two holders: static beside leased',
    shownBy: ['started-without-coordinator'],
  },
} satisfies Generator;
