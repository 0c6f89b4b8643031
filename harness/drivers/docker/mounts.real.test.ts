/** An engine that has other files than the harness, as around a CI job that runs in a container. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BRIEF } from '../../laws/bad-input-cases.ts';

const MAIN = join(import.meta.dirname, '../../main.ts');
const COUNTER = join(import.meta.dirname, '../../laws/fixtures/counter.ts');
let top: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'snowglobe-hidden-'));
  for (const folder of ['hidden/code', 'seen']) await mkdir(join(top, folder), { recursive: true });
});

afterEach(() => rm(top, { recursive: true }));

/**
 * In a mount namespace of its own, where `hidden` is another file system than the engine sees at that path: empty but for
 * `code/mine.ts`, of which the engine sees the folder alone.
 */
async function runHidden(
  ...options: readonly string[]
): Promise<{ readonly code: number | null; readonly said: string }> {
  const script = 'mount -t tmpfs none "$1" && mkdir "$1/code" && cp "$2" "$1/code/mine.ts" && shift 2 && exec "$@"';
  const command = [process.execPath, MAIN, 'run', BRIEF, '--driver', 'docker', ...options];
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'hidden', join(top, 'hidden'), COUNTER, ...command]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

test('a folder of runs that the engine does not find is exit 3, with both remedies', async () => {
  const { code, said } = await runHidden('--runs', join(top, 'hidden/runs'));
  expect({ code, said }).toMatchObject({
    code: 3,
    said: expect.stringContaining(`does not find ${top}/hidden`) as string,
  });
  for (const words of ['at the same path', '--driver local']) expect(said).toContain(words);
  expect(said).not.toContain('crashed');
}, 60_000);

test('a generator in a folder that the engine has too, and that is empty there, is told likewise', async () => {
  const { code, said } = await runHidden('--runs', join(top, 'seen'), '--generator', join(top, 'hidden/code/mine.ts'));
  expect({ code, said }).toMatchObject({
    code: 3,
    said: expect.stringContaining('is not the file that it is here') as string,
  });
  for (const words of ['at the same path', '--driver local']) expect(said).toContain(words);
}, 60_000);
