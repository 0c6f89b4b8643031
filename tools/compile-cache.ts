/**
 * Set-up of the tests: a folder where the processes that they start keep what Node compiles, for as long as the tests
 * run. Left to itself the command line would add the throw-away generators of the tests to the cache of its user.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setUp(): void {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = folder;
  // Not in a teardown: the workers of the tests write what they compiled after it, as they end.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}
