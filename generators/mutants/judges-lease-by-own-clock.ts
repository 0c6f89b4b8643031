/** Writes down when its lease ends by its own clock, and takes a worker ID whose holder is late by that: a clock that runs ahead robs the living. */
import type { Generator } from '../../harness/core/generator.ts';
import { ATTEMPT_MS, LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';

const untilKey = (workerId: number): string => `u/${workerId}`;

class ImpatientMinter extends SnowflakeMinter {
  /** Beside the lease, which it does not trust: until when the holder says that it holds. */
  protected override async keepAliveOnce(tenure: Tenure): Promise<boolean> {
    await this.attempt((coordination) =>
      coordination.txn([], [{ put: untilKey(tenure.workerId), value: this.#untilNext(tenure.ttlMs) }], [], ATTEMPT_MS),
    );
    return super.keepAliveOnce(tenure);
  }

  protected override async acquire(): Promise<Tenure | undefined> {
    const untils = (await this.attempt((coordination) => coordination.range('u/', ATTEMPT_MS))) ?? [];
    const late = untils.filter(({ value }) => Number(value) < this.env.wallMs());
    for (const { key } of late)
      await this.attempt((coordination) =>
        coordination.txn([], [{ delete: `o/${key.slice(2)}` }, { delete: key }], [], ATTEMPT_MS),
      );
    return super.acquire();
  }

  #untilNext(ttlMs: number): string {
    return String(this.env.wallMs() + ttlMs);
  }
}

export default {
  name: 'judges-lease-by-own-clock',
  summary: 'Snowflake that decides by its wall clock whether another holder is gone.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new ImpatientMinter(env)) },
  mutant: {
    breaks: ['owns-worker-id'],
    because: ['two holders: taken from a living holder', 'minted after its lease'],
    shownBy: ['clock-ahead-at-the-standby', 'clock-ahead-an-hour'],
  },
} satisfies Generator;
