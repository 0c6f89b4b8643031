/** A node of the crate maelstrom-node, as it stands. */
import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { builtProgram } from './built-for-tests.ts';
import { isTapped, RecordedNode } from './recorded-node-for-tests.ts';

/** The first build takes minutes. */
const BUILD_MS = 900_000;

let program: string;
beforeAll(() => {
  program = builtProgram('maelstrom-unique-ids', 'cargo');
}, BUILD_MS);

test('gives IDs to many requests at once, each of them one that it made', async () => {
  const layout = { idBits: 128, timeBits: 0, workerBits: 0, sequenceBits: 0, tickMs: 1, epochMs: 0 } as const;
  await using node = await RecordedNode.serving(
    { kind: 'service', command: [program], ask: { over: 'maelstrom', form: 'text' } },
    layout,
    { SNOWGLOBE_NODES: '3' },
  );
  const answers = await Promise.all(Array.from({ length: 100 }, () => node.ids(1)));
  expect(isTapped(node, answers)).toBe(true);
  const made = Array.from({ length: 100 }, (_, at) =>
    BigInt(`0x${createHash('md5').update(`n0-${at}`).digest('hex')}`),
  );
  expect(new Set(answers.flatMap(({ ids }) => ids))).toEqual(new Set(made));
});
