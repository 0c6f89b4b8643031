/** `nodejs-snowflake` with the node's worker ID as its `instance_id`, and `custom_epoch` left out or as the option says. */
import { createRequire } from 'node:module';
import { NPM } from '../fleet.ts';

type Snowflake = new (options: { readonly instance_id: number; readonly custom_epoch?: number }) => {
  getUniqueID(): bigint;
};

export function create({
  worker,
  options: { customEpoch },
}: {
  readonly worker: number;
  readonly options: { readonly customEpoch?: number };
}): () => bigint {
  const { Snowflake } = createRequire(NPM)('nodejs-snowflake') as { Snowflake: Snowflake };
  const ids = new Snowflake({ instance_id: worker, ...(customEpoch !== undefined && { custom_epoch: customEpoch }) });
  return () => ids.getUniqueID();
}
