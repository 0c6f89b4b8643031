import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createStatements } from './schema.ts';
import { SCHEMA_VERSION } from './versions.ts';

/** By version, newest last. */
const DIGESTS: readonly (readonly [version: number, digest: string])[] = [[2, '1ee0a1e12d49532aa8dedbd916c83c47']];

test('who changes the tables raises their version, says how older ones get there, and adds a line here', () => {
  const statements = ([64, 128] as const).flatMap((idBits) => createStatements('snowglobe', 'shared', idBits));
  const digest = createHash('md5').update(statements.join(';').replaceAll(/\s+/g, ' ')).digest('hex');
  expect(DIGESTS.at(-1)).toEqual([SCHEMA_VERSION, digest]);
});
