/**
 * `@sapphire/snowflake`: `DiscordSnowflake`, as its documentation shows. The worker ID of a node is given to it as its two
 * fields of 5 bits; with the option `defaults` it is used as it comes.
 */
import { createRequire } from 'node:module';
import { NPM } from '../fleet.ts';

interface Snowflake {
  workerId: bigint | number;
  processId: bigint | number;
  generate(): bigint;
}

export function create({
  worker,
  options,
}: {
  readonly worker: number;
  readonly options: { readonly defaults?: boolean };
}): () => bigint {
  const { DiscordSnowflake } = createRequire(NPM)('@sapphire/snowflake') as { DiscordSnowflake: Snowflake };
  if (options.defaults !== true) {
    DiscordSnowflake.workerId = worker >> 5;
    DiscordSnowflake.processId = worker & 31;
  }
  return () => DiscordSnowflake.generate();
}
