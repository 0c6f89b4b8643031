/** Wrong nodes, each with one defect, and the rule that catches it; as processes, on real files and clocks. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRules } from '../registry.ts';
import { checkNode, verdictOf } from './check-node.ts';
import { DEFECTS } from './defects.fixture.ts';
import type { Rule } from './rule.ts';

const NODE = join(import.meta.dirname, 'wrong-node.fixture.ts');
const rules = await loadRules();

function check(words: readonly string[], only: Iterable<Rule>, idBits: 64 | 128 = 64) {
  const command = [process.execPath, NODE, ...words];
  return checkNode({ command, idBits }, only, new AbortController().signal);
}

test('every rule is broken by one of the wrong nodes', () => {
  expect(Object.keys(DEFECTS).toSorted()).toEqual([...rules.keys()].toSorted());
});

// One of each rule, several at a time, because most of them wait; `npm run torture -- wrong-nodes` has them all.
test.concurrent.each(Object.entries(DEFECTS).map(([rule, [defect]]) => ({ rule, defect: defect! })))(
  '$rule catches a node that $defect',
  async ({ rule, defect }) => {
    const [judged] = await check([defect], [rules.get(rule) as Rule]);
    expect(judged).toMatchObject({ name: rule, verdict: 'failed' });
    expect(judged?.seen).not.toMatch(/undefined|\[object/);
  },
);

test.each([64, 128] as const)('a node without a defect keeps every rule, its IDs having %s bits', async (idBits) => {
  const all = await check(['none', String(idBits)], rules.values(), idBits);
  expect(all.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect(all).toHaveLength(rules.size);
});

test('a slow node whose health does not queue keeps the rule that one whose health queues breaks', async () => {
  const [judged] = await check(['slow'], [rules.get('health-never-waits') as Rule]);
  expect(judged).toMatchObject({ verdict: 'ok' });
});

test('IDs of another length than asked for are told as such', async () => {
  const [judged] = await check(['none', '128'], [rules.get('id-bytes') as Rule], 64);
  expect(judged).toMatchObject({ verdict: 'failed', seen: expect.stringContaining('128 bits') as string });
});

test('a node that does not serve breaks that rule, and of the others nobody can tell', async () => {
  const all = await check(['never-serves'], rules.values());
  expect(all.filter(({ verdict }) => verdict === 'failed').map(({ name }) => name)).toEqual(['serves']);
  expect(all.filter(({ verdict }) => verdict === 'not judged')).toHaveLength(rules.size - 1);
  expect(all[0]?.seen).toContain('it does not serve');
  expect(verdictOf(all)).toBe('fail');
});

test('an interruption ends the node, and nothing is told of it', async () => {
  const controller = new AbortController();
  const reason = new Error('interrupted');
  const told: string[] = [];
  const checking = checkNode(
    { command: [process.execPath, NODE, 'none'], idBits: 64 },
    rules.values(),
    controller.signal,
    ({ name }) => told.push(name),
  );
  setTimeout(() => controller.abort(reason), 300);
  await expect(checking).rejects.toBe(reason);
  expect(told.length).toBeLessThan(rules.size);
});
