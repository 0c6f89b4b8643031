import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const LINES_MAX = 150;

test.each(['go/main.go', 'python/node.py', 'java/Node.java'])('%s has less than 150 lines', (file) => {
  const text = readFileSync(join(import.meta.dirname, '../../examples/nodes', file), 'utf8');
  const lines = text.trimEnd().split('\n').length;
  expect(lines).toBeGreaterThan(100);
  expect(lines).toBeLessThan(LINES_MAX);
});
