/** What a module promises, whatever its generator says. */
import type { Generator } from './generator.ts';

/**
 * With the promise that clients receive the IDs that were minted, where it is a module: of IDs that are JavaScript numbers
 * above 2^53 nobody can keep it, and a run must not pass over that.
 */
export function withPromisedEncoding(generator: Generator): Generator {
  const { node, promises } = generator;
  if (node.kind !== 'module' || promises.some(({ guarantee }) => guarantee === 'faithful-encoding')) return generator;
  return { ...generator, promises: [...promises, { guarantee: 'faithful-encoding' }] };
}
