import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const LAUNCHER = join(import.meta.dirname, '../bin/snowglobe.cjs');
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a Node call itself old before the launcher looks. */
const old = join(folder, 'old.cjs');
writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '12.22.0' });");

let places = 0;
/** A copy of the launcher among these files. */
function place(files: Readonly<Record<string, string>>): string {
  const root = join(folder, `place-${++places}`);
  mkdirSync(join(root, 'bin'), { recursive: true });
  copyFileSync(LAUNCHER, join(root, 'bin/snowglobe.cjs'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

function launch(root: string, args: readonly string[], node: readonly string[] = []) {
  return spawnSync(process.execPath, [...node, join(root, 'bin/snowglobe.cjs'), ...args], { encoding: 'utf8' });
}

test('a Node that is too old is told what to do, with exit code 3', () => {
  const { status, stderr, stdout } = launch(place({ 'dist/harness/main.js': '' }), ['run'], ['--require', old]);
  expect(status).toBe(3);
  expect(stderr).toContain('snowglobe needs Node 24 or newer, and this is Node 12.22.0.');
  expect(stderr).toContain('npx --package=node@24');
  expect(stdout).toBe('');
});

test('in a checkout that is not set up, the remedy is npm ci', () => {
  const { status, stderr } = launch(place({ 'harness/main.ts': '' }), [], ['--require', old]);
  expect(status).toBe(3);
  expect(stderr).toContain('Run "npm ci"');
});

test('in a checkout that is set up, an old Node starts the own one', () => {
  const root = place({ 'harness/main.ts': 'process.exitCode = Number(process.argv[2]) as number;' });
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  expect(launch(root, ['10'], ['--require', old]).status).toBe(10);
});

test('arguments, output and exit code pass through', () => {
  const root = place({
    'dist/harness/main.js': 'console.log(process.argv.slice(2).join("+")); process.exitCode = 12;',
  });
  expect(launch(root, ['run', '--seed', '4 2'])).toMatchObject({ status: 12, stdout: 'run+--seed+4 2\n' });
});

test('a signal reaches the command, and its exit code comes back', async () => {
  const root = place({
    'dist/harness/main.js':
      "process.on('SIGTERM', () => process.exit(130)); setInterval(() => {}, 1000); console.log('ready');",
  });
  const child = spawn(process.execPath, [join(root, 'bin/snowglobe.cjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([130, null]);
});

test('it is written in a syntax that any Node reads', () => {
  const code = readFileSync(LAUNCHER, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  expect(code).not.toMatch(/=>|`|\b(const|let|class|async|await)\b|\.\.\.|\?\.|\?\?/);
});
