import { expect, test } from 'vitest';
import type { ServiceNode } from '../../core/node-program.ts';
import { sharedPortProblem } from './chosen-links.ts';

const AT_8080: ServiceNode = { kind: 'service', command: ['./ids'], ask: { over: 'http', path: '/', port: 8080 } };

test('nodes that would share one port of this machine are refused', () => {
  expect(sharedPortProblem(AT_8080, 2)?.what).toContain('each would listen at its port 8080');
});

test.each<[string, ServiceNode, number]>([
  ['a node alone', AT_8080, 1],
  ['nodes that are told an address each', { ...AT_8080, command: ['./ids', '--listen={host}'] }, 2],
  ['nodes that are told a port each', { ...AT_8080, ask: { over: 'http', path: '/' } }, 2],
])('%s may run', (_, node, nodes) => {
  expect(sharedPortProblem(node, nodes)).toBeUndefined();
});
