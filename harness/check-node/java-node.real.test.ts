/** The node of examples/nodes/java, compiled here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { expectEveryRuleKept } from './kept-rules-for-tests.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-java-node-'));
const SOURCE = join(import.meta.dirname, '../../examples/nodes/java/Node.java');

beforeAll(() => {
  execFileSync('javac', ['-d', folder, SOURCE]);
});
afterAll(() => rmSync(folder, { recursive: true }));

// Many starts of a few seconds each: what a virtual machine spends on long lives is of no use to them.
test('the node in Java keeps every rule', () =>
  expectEveryRuleKept('--', 'java', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', folder, 'Node'));
