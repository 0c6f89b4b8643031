/** Looks which worker IDs are free, and writes down that it has the first: two that look at once both have it. */
import type { Generator } from '../../harness/core/generator.ts';
import { ATTEMPT_MS, fenceAfter, LAYOUT, ownerKey, PROMISES, refusesOptions, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';
import { BoundlessMinter } from './no-bound.ts';

const LOOK_AGAIN_MS = 250;

class RacingMinter extends BoundlessMinter {
  protected override async acquire(): Promise<Tenure | undefined> {
    const owners = await this.attempt((coordination) => coordination.range('o/', ATTEMPT_MS));
    const taken = new Set(owners?.map(({ key }) => key));
    for (let workerId = 0; owners !== undefined && workerId < this.settings.pool; workerId++)
      if (!taken.has(ownerKey(workerId))) return this.take(workerId);
    await this.env.sleep(LOOK_AGAIN_MS);
    return undefined;
  }

  protected override async take(workerId: number): Promise<Tenure | undefined> {
    const sentNs = this.env.monotonicNs();
    const grant = await this.grant();
    if (grant === undefined) return undefined;
    const nonce = `${this.env.host.name}.${this.env.host.incarnation}.${grant.id}`;
    const written = await this.attempt((coordination) =>
      coordination.txn([], [{ put: ownerKey(workerId), value: nonce, lease: grant.id }], [], ATTEMPT_MS),
    );
    if (written === undefined) return undefined;
    this.believe(this.env.wallMs());
    return {
      workerId,
      lease: grant.id,
      ttlMs: grant.ttlMs,
      nonce,
      createRevision: written.revision,
      floorMs: -1,
      limitMs: Number.MAX_SAFE_INTEGER,
      fenceNs: fenceAfter(sentNs, grant.ttlMs),
      lost: false,
      settled: true,
      extending: false,
      extensionAskedNs: 0n,
    };
  }
}

export default {
  name: 'first-start-race',
  summary: 'Snowflake that registers by a read and a write, with nothing to hold them together.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new RacingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives', 'owns-worker-id', 'recovers'],
    because: 'two holders: both took it at once',
    shownBy: ['start-at-once'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
