import { expect, test } from 'vitest';
import type { Generator } from './generator.ts';
import { moduleProblems, withPromisedEncoding } from './module-node.ts';
import type { ModuleNode } from './node-program.ts';

const generator = (node: Partial<ModuleNode> = {}, more: Partial<Generator> = {}): Generator => ({
  name: 'mine',
  summary: '',
  promises: [{ guarantee: 'unique' }],
  layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  node: { kind: 'module', module: './ids.mjs', ...node },
  ...more,
});
const whats = (one: Generator): readonly string[] => moduleProblems(one, 'mine.json').map(({ what }) => what);

test('a module promises that answers are what it minted, once, whatever its generator says', () => {
  const promised = withPromisedEncoding(generator());
  expect(promised.promises).toEqual([{ guarantee: 'unique' }, { guarantee: 'faithful-encoding' }]);
  expect(withPromisedEncoding(promised)).toBe(promised);
  const shell = generator({}, { node: { kind: 'shell', create: () => Promise.reject(new Error('never')) } });
  expect(withPromisedEncoding(shell)).toBe(shell);
});

test('IDs in a form that the layout has no room for are refused', () => {
  expect(whats(generator())).toEqual([]);
  expect(whats(generator({ form: 'uuid' }))).toEqual(['IDs of form uuid have 128 bits, and the layout has 64.']);
});

test('what is judged by the worker ID that a node holds needs a factory, which is told one', () => {
  const promises = [{ guarantee: 'unique' }, { guarantee: 'well-formed' }, { guarantee: 'owns-worker-id' }] as const;
  expect(whats(generator({}, { promises }))).toEqual([
    'well-formed and owns-worker-id cannot be judged: IDs carry a worker ID, and a function is told none.',
  ]);
  expect(whats(generator({ call: 'factory' }, { promises }))).toEqual([]);
  const { layout } = generator();
  expect(whats(generator({}, { promises, layout: { ...layout, workerBits: 0 } }))).toEqual([]);
});
