import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatorJsonSchema } from './generator-schema.ts';

test('docs/generator.schema.json is the one that tools/schemas.ts writes', () => {
  const published = readFileSync(new URL('../../docs/generator.schema.json', import.meta.url), 'utf8');
  expect(published).toBe(generatorJsonSchema());
});
