import { expect, test } from 'vitest';
import { z } from './schema.ts';
import { coordinatorTarget, memberTarget, nodeTarget, targetsOf } from './targets.ts';

test('names the options that are nodes, and no others', () => {
  const schema = z.strictObject({
    node: nodeTarget,
    byMs: z.number(),
    standby: nodeTarget.optional(),
    label: z.string(),
  });
  expect(targetsOf(schema, { node: 'n9', byMs: 5, label: 'n1' })).toEqual([{ kind: 'node', name: 'n9' }]);
  expect(targetsOf(schema, { node: '@holder', byMs: 5, standby: 'n2', label: 'n1' })).toEqual([
    { kind: 'node', name: '@holder' },
    { kind: 'node', name: 'n2' },
  ]);
  expect(targetsOf(z.strictObject({}), {})).toEqual([]);
});

test('a list of names, and names of coordinator members', () => {
  const schema = z.strictObject({ side: z.array(memberTarget).min(1).describe('a side'), bridge: coordinatorTarget });
  expect(targetsOf(schema, { side: ['n1', 'etcd1'], bridge: 'etcd2' })).toEqual([
    { kind: 'member', name: 'n1' },
    { kind: 'member', name: 'etcd1' },
    { kind: 'coordinator member', name: 'etcd2' },
  ]);
});

test('an option of the wrong type is left to the schema to refuse', () => {
  expect(targetsOf(z.strictObject({ node: nodeTarget }), { node: 7 })).toEqual([]);
});
