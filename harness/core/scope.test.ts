import { expect, test } from 'vitest';
import type { NodeKind } from './generator.ts';
import { GUARANTEE_NAMES } from './guarantee.ts';
import { parseLayout } from './layout-spec.ts';
import {
  GATHERED,
  gatheredHow,
  judgeableOf,
  recordedAs,
  scopeOf,
  seesClocks,
  unjudgeable,
  unjudgedOf,
} from './scope.ts';

const ask = { over: 'http', path: '/' } as const;
const layout = parseLayout('twitter');
const shell: NodeKind = { kind: 'shell', create: () => Promise.reject(new Error('never started')) };
const service: NodeKind = { kind: 'service', command: ['serve'], ask };
const urls: NodeKind = { kind: 'service', urls: ['http://127.0.0.1:1'], ask };

test.each([
  ['shell', shell, 'minted', false],
  ['native', { kind: 'native', command: ['mine'] }, 'minted', false],
  ['module', { kind: 'module', module: 'mine' }, 'minted', true],
  ['service', service, 'replies', true],
  ['urls', urls, 'clients', true],
] as const)('evidence of %s', (_kind, node, gathered, isUntold) => {
  const found = scopeOf(node);
  expect(found).toMatchObject({ gathered, says: GATHERED[gathered] });
  expect(found.untoldHolders === true).toBe(isUntold);
  expect(found.digests).toBeUndefined();
});

test('texts of any form are digests, whoever hands them out', () => {
  expect(scopeOf({ ...service, ask: { ...ask, form: 'text' } }).digests).toBe(true);
  expect(scopeOf({ kind: 'module', module: 'mine', form: 'text' }).digests).toBe(true);
  expect(scopeOf({ ...service, ask: { ...ask, form: 'hex' } }).digests).toBeUndefined();
});

test('a record without a scope is of IDs as they were minted', () => {
  expect(gatheredHow({})).toBe(GATHERED.minted);
  expect(recordedAs({})).toBe('minted');
  expect(seesClocks(undefined)).toBe(true);
});

test.each([
  ['shell', shell, 'minted', true],
  ['service', service, 'recorded', true],
  ['urls', urls, 'recorded', false],
] as const)('of %s no more is told than was seen', (_kind, node, recorded, clocks) => {
  const evidence = scopeOf(node);
  expect([recordedAs({ evidence }), seesClocks(evidence)]).toEqual([recorded, clocks]);
});

const names = (node: NodeKind, spec = 'twitter') =>
  unjudgedOf({ layout: parseLayout(spec), evidence: scopeOf(node) }).map(({ guarantee }) => guarantee);

test('where the layout is known and the node is whole, everything can be judged', () => {
  expect([names(shell), names(service)]).toEqual([[], []]);
});

test('what needs a field is not judged where there is none', () => {
  expect(names(shell, 'opaque')).toEqual(['time-honest', 'well-formed']);
  expect(names(shell, 'uuidv4')).toEqual(['time-honest']);
  expect(names(shell, 'sequence:63')).toEqual(['time-honest']);
});

test('digests have no order', () => {
  const texts: NodeKind = { ...service, ask: { ...ask, form: 'text' } };
  expect(names(texts, 'opaque:128')).toEqual([
    'increasing-per-node',
    'increasing-across-lives',
    'time-honest',
    'well-formed',
  ]);
});

test('of nodes behind URLs no life is known', () => {
  expect(names(urls)).toEqual(['increasing-per-node', 'increasing-across-lives', 'owns-worker-id', 'recovers']);
});

test('a promise is judged where its guarantee can be', () => {
  for (const guarantee of GUARANTEE_NAMES) {
    const generator = { layout: parseLayout('opaque'), evidence: scopeOf(urls) };
    const isJudged = judgeableOf([{ guarantee } as never], generator).length === 1;
    expect(isJudged).toBe(unjudgeable(guarantee, generator) === undefined);
  }
  expect(judgeableOf([{ guarantee: 'unique' }, { guarantee: 'recovers', withinMs: 1 }], { layout })).toHaveLength(2);
});
