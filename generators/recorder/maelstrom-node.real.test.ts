/** Nodes of Maelstrom in Node, each with a way of its own. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Layout } from '../../harness/core/layout.ts';
import type { IdForm, ServiceNode } from '../../harness/core/node-program.ts';
import { isTapped, RecordedNode } from './recorded-node-for-tests.ts';

const NUMBERS: Layout = { timeBits: 0, workerBits: 0, sequenceBits: 64, tickMs: 1, epochMs: 0 };
const TEXTS: Layout = { ...NUMBERS, idBits: 128, sequenceBits: 0 };
const THREE = { SNOWGLOBE_NODES: '3', SNOWGLOBE_INDEX: '1' };

const serving = (how: string, layout = NUMBERS, form: IdForm = 'decimal'): Promise<RecordedNode> =>
  RecordedNode.serving(service(how, form), layout, THREE);

const service = (how: string, form: IdForm): ServiceNode => ({
  kind: 'service',
  command: [process.execPath, join(import.meta.dirname, '../testing/maelstrom-node.ts'), how],
  ask: { over: 'maelstrom', form, timeoutMs: 300 },
});

test('is told its name and those of the others, and its IDs keep all digits', async () => {
  await using node = await serving('counter');
  const answers = await Promise.all(Array.from({ length: 30 }, () => node.ids(5)));
  const ids = answers.flatMap((answer) => answer.ids).toSorted((a, b) => (a < b ? -1 : 1));
  expect(ids).toEqual(Array.from({ length: 30 }, (_, at) => 2n ** 53n + 1n + BigInt(at)));
  expect(isTapped(node, answers)).toBe(true);
  // Whoever speaks Maelstrom reads whole numbers: that they are numbers of JSON is no finding.
  expect(JSON.parse((await node.ids(1, true)).body)).toEqual({ ids: [String(2n ** 53n + 31n)] });
  expect(node.stderr).toContain('n1.1: service: I am n1, beside n0,n2');
});

test('an ID that is a list is told apart by how it is written', async () => {
  await using node = await serving('list', TEXTS, 'text');
  const md5 = createHash('md5').update('["n1",9007199254740993]').digest('hex');
  expect((await node.ids(1)).ids).toEqual([BigInt(`0x${md5}`)]);
});

test('what it says to other nodes is not delivered, and its log says so', async () => {
  await using node = await serving('chatty');
  expect((await node.ids(1)).status).toBe(200);
  await expect
    .poll(() => node.stderr)
    .toContain('sent a message to another node, which is not delivered, nor are those after it');
});

test.each([
  [
    'asks-first',
    /^the service did not answer in time \(300 ms\); messages to other nodes are not delivered here, and it sent 2, the first ".*next.*"$/,
  ],
  ['fails', /^the service answered generate with an error: code the number 11, "not now"$/],
  ['mumbles', /^the service wrote a line that is no message of Maelstrom: "give me a moment"$/],
])('one that gives no ID says why: %s', async (how, said) => {
  await using node = await serving(how);
  const { status, body } = await node.ids(1);
  expect(status).toBe(500);
  expect((JSON.parse(body) as { error: string }).error).toMatch(said);
});

test('an ID of another form than was said is told of', async () => {
  await using node = await serving('list');
  expect((await node.ids(1)).body).toContain('is no ID of the form decimal; ask.form text takes any');
});
