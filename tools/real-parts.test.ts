import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REAL_PARTS } from './real-parts.ts';

const ROOT = join(import.meta.dirname, '..');

test('every test on real parts says what it needs', () => {
  const known = new Set(REAL_PARTS.flatMap(({ files }) => globSync([...files], { cwd: ROOT })));
  const all = globSync('{harness,generators,scenarios,reports,dashboards,tools}/**/*.real.test.ts', { cwd: ROOT });
  expect(all.length).toBeGreaterThan(0);
  expect(all.filter((file) => !known.has(file))).toEqual([]);
});
