import { expect, test } from 'vitest';
import { z } from './schema.ts';
import { nodeTarget, targetsOf } from './targets.ts';

test('names the options that are nodes, and no others', () => {
  const schema = z.strictObject({
    node: nodeTarget,
    byMs: z.number(),
    standby: nodeTarget.optional(),
    label: z.string(),
  });
  expect(targetsOf(schema, { node: 'n9', byMs: 5, label: 'n1' })).toEqual(['n9']);
  expect(targetsOf(schema, { node: '@holder', byMs: 5, standby: 'n2', label: 'n1' })).toEqual(['@holder', 'n2']);
  expect(targetsOf(z.strictObject({}), {})).toEqual([]);
});

test('an option of the wrong type is left to the schema to refuse', () => {
  expect(targetsOf(z.strictObject({ node: nodeTarget }), { node: 7 })).toEqual([]);
});
