/**
 * The package as its users get it: packed, installed in an empty folder, used from there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseRun } from '../harness/core/run-schema.ts';
import { passedUnlessBusy } from '../harness/laws/busy-run.ts';

const ROOT = join(import.meta.dirname, '..');
const BRIEF = join(ROOT, 'harness/laws/fixtures/brief.json');
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-package-'));
const app = join(folder, 'app');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
/** npm and npx start the Node that runs this test; the system's may be older. */
const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };

const GENERATOR = `import type { Generator, GeneratorEnv, Minter } from 'snowglobe';

class Counting implements Minter {
  readonly env: GeneratorEnv;
  tick = 0n;
  constructor(env: GeneratorEnv) { this.env = env; }
  mint(into: BigUint64Array, count: number): number {
    for (let i = 0; i < count; i++) into[i] = (++this.tick << 22n) | 7n;
    return count;
  }
  holding() { return undefined; }
  async close() {}
}

export default {
  name: 'mine',
  summary: 'counts on every node',
  promises: [{ guarantee: 'unique' }],
  layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  node: { kind: 'shell', create: (env) => new Counting(env) },
} satisfies Generator;
`;

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'tools/build.ts')], { cwd: ROOT });
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT, env });
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  // From npm's cache, which setting up this checkout has filled; what is not there comes from the registry.
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, `snowglobe-${version}.tgz`)];
  execFileSync('npm', install, { cwd: app, env, stdio: ['ignore', 'ignore', 'pipe'] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function snowglobe(...args: readonly string[]) {
  return spawnSync('npx', ['--no-install', 'snowglobe', ...args], { cwd: app, env, encoding: 'utf8' });
}

test('it tells its own version, not that of the app around it', () => {
  expect(snowglobe('--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
});

test('doctor says what the machine can do, as one JSON document', () => {
  const { status, stdout } = snowglobe('doctor', '--json');
  expect(status).toBe(0);
  const { drivers } = JSON.parse(stdout) as { drivers: { name: string; problems: unknown[] }[] };
  expect(drivers.map(({ name }) => name).toSorted()).toEqual(['docker', 'local', 'remote', 'sim']);
  expect(drivers.find(({ name }) => name === 'sim')?.problems).toEqual([]);
});

test('storm passes on sim, and the report is written', () => {
  const { status, stdout, stderr } = snowglobe('run', 'storm', '--driver', 'sim', '--seed', '5', '--json');
  expect(status, stderr).toBe(0);
  const run = parseRun(stdout);
  expect(run).toMatchObject({ verdict: 'pass', driver: 'sim', seed: '5' });
  const report = /runs\/storm\/\S+\/report\.html/.exec(stderr)?.[0] ?? '';
  expect(readFileSync(join(app, report), 'utf8')).toContain('Pass: every promise was kept');
});

test('a short scenario, given by its path, passes on local', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = snowglobe('run', BRIEF, '--driver', 'local', '--json');
  expect(stdout, stderr).not.toBe('');
  const run = parseRun(stdout);
  expect(status).toBe(run.exitCode);
  expect(run.driver).toBe('local');
  passedUnlessBusy('brief on local', run);
  expect(Number(run.evidence.stored)).toBeGreaterThan(1000);
  expect(run.evidence.stored).toBe(run.evidence.minted);
});

const PROGRAM = `import { snowglobe, SnowglobeError } from 'snowglobe';

const run = await snowglobe(process.argv[2] ?? '', { driver: 'sim', seed: 5 });
const error: unknown = await snowglobe('drizzle').catch((thrown: unknown) => thrown);
const exitCode = error instanceof SnowglobeError ? error.exitCode : undefined;
console.log(JSON.stringify({ verdict: run.verdict, minted: run.evidence.minted, exitCode }));
`;

const TEST = `import { snowglobe } from 'snowglobe';
import 'snowglobe/vitest';
import { expect, test } from 'vitest';

test('snowflake keeps its IDs unique', { timeout: 60_000 }, async () => {
  const run = await snowglobe(${JSON.stringify(BRIEF)}, { driver: 'sim', seed: 5 });
  expect(run).toPass();
  expect(run).toKeep('unique');
  expect(() => expect(run).toMeet('latency')).toThrow('No SLO was asked of this run');
});
`;

/** What the user's own compiler says of a file; nothing, where it is content. */
function compiled(file: string): string {
  const check = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
  // Types of Node are for the program alone; they are found where this checkout has them.
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  return spawnSync(join(ROOT, 'node_modules/.bin/tsc'), [...check, ...types, file], { cwd: app, encoding: 'utf8' })
    .stdout;
}

test('a program of the user runs a scenario: it prints nothing but its own words, and bad input is an error', () => {
  writeFileSync(join(app, 'program.ts'), PROGRAM);
  expect(compiled('program.ts')).toBe('');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.ts', BRIEF], { cwd: app, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { minted, ...rest } = JSON.parse(stdout) as { minted: string };
  expect(rest).toEqual({ verdict: 'pass', exitCode: 2 });
  expect(Number(minted)).toBeGreaterThan(1000);
});

test('a test of the user has the matchers, with their types', () => {
  // Vitest is the user's own; here it is that of this checkout.
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(app, 'node_modules/vitest'));
  writeFileSync(join(app, 'mine.test.ts'), TEST);
  expect(compiled('mine.test.ts')).toBe('');
  const run = ['run', '--root', app, 'mine.test.ts'];
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/vitest'), run, { encoding: 'utf8', env });
  expect(status, `${stdout}${stderr}`).toBe(0);
});

test('a plan is refused without a run, and its example is where the message says', () => {
  const example = join(app, 'node_modules/snowglobe/docs/plan.example.json');
  const { status, stderr } = snowglobe('plan', example);
  expect(status).toBe(2);
  expect(stderr).toContain('No run is named');
});

test('a generator of the user has types from the package, and is judged', () => {
  writeFileSync(join(app, 'mine.ts'), GENERATOR);
  const check = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', '', 'mine.ts'];
  const { status: typed, stdout: told } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), check, {
    cwd: app,
    encoding: 'utf8',
  });
  expect(told).toBe('');
  expect(typed).toBe(0);
  const { status, stdout, stderr } = snowglobe('run', BRIEF, '--driver', 'sim', '--generator', './mine.ts', '--json');
  expect(status, stderr).toBe(10);
  expect(parseRun(stdout).findings.find(({ guarantee }) => guarantee === 'unique')?.verdict).toBe('fail');
});
