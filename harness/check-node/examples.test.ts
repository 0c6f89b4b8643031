import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const LINES_MAX = 150;

/** A line that is more than blank and comment. */
const IS_CODE = /^(?!\/\/|#|\/?\*|$)/;

test.each(['go/main.go', 'python/node.py', 'java/Node.java'])('%s has less than 150 lines of code', (file) => {
  const lines = readFileSync(join(import.meta.dirname, '../../examples/nodes', file), 'utf8').split('\n');
  const code = lines.filter((line) => IS_CODE.test(line.trim()));
  expect(code.length).toBeGreaterThan(100);
  expect(code.length).toBeLessThan(LINES_MAX);
});
