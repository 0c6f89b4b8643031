import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createStatements } from './schema.ts';
import { SCHEMA_VERSION } from './versions.ts';

/** By version, newest last. */
const DIGESTS: readonly (readonly [version: number, digest: string])[] = [[2, 'a96f9a19f2f6dd26793940b2e4ae8613']];

test('who changes the tables raises their version, says how older ones get there, and adds a line here', () => {
  const statements = ([64, 128] as const).flatMap((idBits) => createStatements('snowglobe', 'shared', idBits));
  const digest = createHash('md5').update(statements.join(';').replaceAll(/\s+/g, ' ')).digest('hex');
  expect(DIGESTS.at(-1)).toEqual([SCHEMA_VERSION, digest]);
});
