/**
 * A generator for the bench of the live path alone: 64 random bits an ID, so that nothing certifies and every ID has to be
 * looked for among all before it; every other second one of half its life ago is among them.
 */
import { randomFillSync } from 'node:crypto';
import type { Generator, GeneratorEnv, Minter } from '../../harness/core/generator.ts';
import { OPAQUE_64 } from '../../harness/core/layout.ts';

const NS_PER_S = 1_000_000_000n;

function minterOf(env: GeneratorEnv): Minter {
  const beganNs = env.monotonicNs();
  const remembered: bigint[] = [];
  return {
    mint(into, count) {
      randomFillSync(into.subarray(0, count));
      const second = Number((env.monotonicNs() - beganNs) / NS_PER_S);
      const isNew = remembered.length <= second;
      while (remembered.length <= second) remembered.push(into[0]!);
      if (isNew && second > 0 && second % 2 === 0) into[count - 1] = remembered[second / 2]!;
      return count;
    },
    holding: () => ({}),
    close: () => Promise.resolve(),
  };
}

export default {
  name: 'random-ids',
  summary: '64 random bits, and now and then an ID of long ago among them.',
  coordinator: 'none',
  promises: [{ guarantee: 'unique' }, { guarantee: 'faithful-encoding' }],
  layout: OPAQUE_64,
  node: { kind: 'shell', create: minterOf },
} satisfies Generator;
