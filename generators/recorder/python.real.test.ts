/** A service of Python behind the recorder. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ServiceNode } from '../../harness/core/node-program.ts';
import { shim } from '../../harness/drivers/agent/clocks/shim.ts';
import { isTapped, RecordedNode } from './recorded-node-for-tests.ts';
import { expectSkewed } from './skewed-service-for-tests.ts';

const SERVICE: ServiceNode = {
  kind: 'service',
  command: ['python3', join(import.meta.dirname, '../testing/id-service.py'), '{host}', '{port}', '{worker}'],
  ask: { over: 'http', health: '/health', path: '/' },
};

test('IDs come whole over connections that it closes after each answer', async () => {
  await using node = await RecordedNode.serving(SERVICE);
  const answers = await Promise.all(Array.from({ length: 50 }, () => node.ids(1)));
  expect(answers.every(({ status, ids }) => status === 200 && ids.length === 1)).toBe(true);
  expect(isTapped(node, answers)).toBe(true);
  expect(new Set(answers.flatMap(({ ids }) => ids)).size).toBe(50);
});

test('it reads the clock of its node', () => expectSkewed(SERVICE, shim));
