/** For tests: each call takes 20 ms, whatever is asked of it, and sixteen calls run side by side. */
import type { Generator, GeneratorEnv, Minter } from '../core/generator.ts';

export const SERVICE_MS = 20;
const LANES = 16;

function slow(env: GeneratorEnv): Minter {
  let lastMs = 0;
  let sequence = 0;
  const lane = (): Minter => ({
    async mint(into, count) {
      await env.sleep(SERVICE_MS);
      for (let i = 0; i < count; i++) {
        const now = env.wallMs();
        if (now > lastMs) [lastMs, sequence] = [now, 0];
        into[i] = (BigInt(lastMs - LAYOUT.epochMs) << 22n) | BigInt(sequence++);
      }
      return count;
    },
    holding: () => ({ workerId: 0 }),
    close: () => Promise.resolve(),
  });
  return { ...lane(), moreLanes: Array.from({ length: LANES - 1 }, lane) };
}

const LAYOUT = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 1_704_067_200_000 } as const;

export default {
  name: 'slow',
  summary: 'takes its time, for tests of clients',
  promises: [{ guarantee: 'unique' }],
  layout: LAYOUT,
  node: { kind: 'shell', create: slow },
} satisfies Generator;
