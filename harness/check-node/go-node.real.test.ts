/** The node of examples/nodes/go, built here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { expectEveryRuleKept } from './kept-rules-for-tests.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-go-node-'));
const program = join(folder, 'node');

beforeAll(() => {
  const cwd = join(import.meta.dirname, '../../examples/nodes/go');
  // It needs nothing from anywhere, a newer toolchain neither.
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOPROXY: 'off' };
  execFileSync('go', ['build', '-o', program, '.'], { cwd, env });
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the node in Go keeps every rule', () => expectEveryRuleKept('--', program));
