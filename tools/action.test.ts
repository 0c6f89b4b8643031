/** action.yml, read as GitHub reads it; its main step is executed as GitHub executes it, on the simulator. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Run } from '../harness/core/run.ts';
import { parseRun } from '../harness/core/run-schema.ts';
import { commentText, outcomeOf, problemsText } from './action/outcome.ts';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const ROOT = join(import.meta.dirname, '..');
const text = readFileSync(join(ROOT, 'action.yml'), 'utf8');
const action = parse(text) as Action;
const { steps } = action.runs;
const scripts = steps.flatMap(({ name, run, shell }) => (run === undefined ? [] : [{ name, run, shell }]));
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-action-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('action.yml', () => {
  test('is a composite action, each of whose scripts names its shell', () => {
    expect(action.runs.using).toBe('composite');
    expect(scripts.length).toBeGreaterThan(4);
    expect(scripts.filter(({ shell }) => shell !== 'bash')).toEqual([]);
  });

  test('puts nothing into a script but by its environment', () => {
    expect(scripts.filter(({ run }) => run.includes('${{')).map(({ name }) => name)).toEqual([]);
  });

  test.each(Object.keys(action.inputs))('uses the input %s', (name) => {
    const uses = JSON.stringify(steps).match(/inputs\.[a-z-]+/g) ?? [];
    expect(uses).toContain(`inputs.${name}`);
  });

  test('uses no input that there is not, and every variable of its scripts is set', () => {
    const uses = new Set((text.match(/inputs\.([a-z-]+)/g) ?? []).map((use) => use.slice('inputs.'.length)));
    expect([...uses].filter((name) => !(name in action.inputs))).toEqual([]);
    for (const { name, run = '', env = {} } of steps) {
      const read = new Set([...run.matchAll(/\$\{?([A-Z][A-Z_]+)/g)].map(([, variable]) => variable as string));
      const ofGitHub = /^(GITHUB|RUNNER)_/;
      expect(
        [...read].filter((variable) => !ofGitHub.test(variable) && !(variable in env)),
        name,
      ).toEqual([]);
      expect(
        Object.keys(env).filter((variable) => variable !== 'GH_TOKEN' && !read.has(variable)),
        name,
      ).toEqual([]);
    }
  });

  test('pins every other action by its commit', () => {
    const used = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });

  test('gives only outputs that its steps have', () => {
    const { stdout } = outcomeOfFolder([], 1);
    for (const { value } of Object.values(action.outputs)) {
      const name = /^\$\{\{ steps\.run\.outputs\.([a-z-]+) \}\}$/.exec(value)?.[1];
      expect(stdout).toMatch(new RegExp(`^${name}=`, 'm'));
    }
  });

  test.each(scripts)('$name: bash can read its script', ({ run }) => {
    expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  test.runIf(hasShellcheck).each(scripts)('$name: shellcheck finds nothing', ({ run }) => {
    const { status, stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: run, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

/** What `tools/action.ts outcome` prints of a folder in which the command printed this. */
function outcomeOfFolder(document: unknown, exitCode: number): { readonly stdout: string; readonly summary: string } {
  const place = mkdtempSync(join(folder, 'outcome-'));
  writeFileSync(join(place, 'document.json'), document === '' ? '' : JSON.stringify(document));
  const stdout = execFileSync(process.execPath, [join(ROOT, 'tools/action.ts'), 'outcome', place, String(exitCode)], {
    encoding: 'utf8',
  });
  return { stdout, summary: readFileSync(join(place, 'summary.md'), 'utf8') };
}

/** Executes a script as GitHub does `shell: bash`, with what `${{ }}` stands for put into its environment. */
function execute(id: string, inputs: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const { run, env = {} } = steps.find((step) => step.id === id)!;
  const place = mkdtempSync(join(folder, `${id}-`));
  const given = (value: string): string =>
    value.replace(/\$\{\{ (?:inputs\.([a-z-]+)|steps\.install\.outputs\.cli) \}\}/g, (_, name?: string) =>
      name === undefined ? join(ROOT, 'bin/snowglobe.cjs') : (inputs[name] ?? action.inputs[name]!.default ?? ''),
    );
  const files = { GITHUB_OUTPUT: join(place, 'output'), GITHUB_STEP_SUMMARY: join(place, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const script = join(place, 'script.sh');
  writeFileSync(script, run!);
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
      ...files,
      GITHUB_ACTION_PATH: ROOT,
      RUNNER_TEMP: place,
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, given(value)])),
      ...more,
    },
  });
  const lines = readFileSync(files.GITHUB_OUTPUT, 'utf8').trim().split('\n');
  const outputs = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return { status, stdout, stderr, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'), place };
}

const BRIEF = 'harness/laws/fixtures/brief.json';

describe('the step that runs', { timeout: 60_000 }, () => {
  test('runs scenarios, and gives verdict, report, JUnit and a summary', () => {
    const inputs = { scenarios: ` ${BRIEF}\n  ./${BRIEF} `, driver: 'sim', seed: '7' };
    const { status, stderr, outputs, summary } = execute('run', inputs);
    expect({ status, outputs }, stderr).toMatchObject({ status: 0, outputs: { verdict: 'pass', 'exit-code': '0' } });
    const { folder: left = '', report = '' } = outputs;
    expect(readFileSync(report, 'utf8')).toContain('</html>');
    expect(parseRun(readFileSync(join(dirname(report), 'run.json'), 'utf8')).seed).toBe('7');
    expect(readFileSync(join(left, 'junit.xml'), 'utf8')).toContain('<testsuites');
    expect(JSON.parse(readFileSync(join(left, 'document.json'), 'utf8'))).toHaveLength(2);
    expect(summary).toContain('brief');
  });

  test('ends well where the run fails: the last step ends the job with the exit code', () => {
    const { status, outputs, summary } = execute('run', {
      scenarios: BRIEF,
      generator: 'trusts-clock-backwards',
      driver: 'sim',
    });
    expect({ status, outputs }).toMatchObject({ status: 0, outputs: { verdict: 'fail', 'exit-code': '10' } });
    expect(existsSync(outputs['report']!)).toBe(true);
    expect(summary).toContain('unique');
  });

  test.each([
    ['scenarios', '$(touch INJECTED); touch INJECTED `touch INJECTED` *'],
    ['generator', '"; touch INJECTED; "'],
    ['waivers', '--runs=INJECTED'],
    ['seed', "1' && touch INJECTED #"],
  ])('takes no input %s for code, for a pattern or for an option', (input, hostile) => {
    const mine = mkdtempSync(join(folder, 'injected-'));
    const injected = join(mine, 'by-input');
    const { status, outputs, summary } = execute('run', {
      driver: 'sim',
      [input]: hostile.replaceAll('INJECTED', injected),
    });
    expect({ status, outputs }).toMatchObject({
      status: 0,
      outputs: { verdict: 'error', 'exit-code': '2', report: '' },
    });
    expect(existsSync(injected)).toBe(false);
    expect(summary).toContain('no verdict');
  });
});

test('the last step ends the job with the exit code, and with a failure where there is none', () => {
  const { run } = steps.at(-1)!;
  const exitOf = (EXIT_CODE: string) =>
    spawnSync('bash', ['-e', '-c', run!], { env: { ...process.env, EXIT_CODE } }).status;
  expect(['0', '10', '12', ''].map(exitOf)).toEqual([0, 10, 12, 1]);
});

test('a release is installed from the registry by its number, and nothing else is', () => {
  const { status, stdout } = execute('install', { version: 'git+https://example.org/x.git' });
  expect({ status, stdout }).toMatchObject({ status: 2, stdout: expect.stringContaining('is no release') as string });
});

test('an installed snowglobe is found by its folder', () => {
  expect(execute('install', { path: '.' }).outputs).toEqual({ cli: join(ROOT, 'bin/snowglobe.cjs') });
  mkdirSync(join(folder, 'empty'));
  expect(execute('install', { path: join(folder, 'empty') }).status).toBe(2);
});

describe('the outcome of a command', () => {
  const run = (verdict: Run['verdict'], more: Partial<Run> = {}): Run =>
    ({ verdict, findings: [], unknowns: [], ...more }) as unknown as Run;
  const tried = (verdict: Run['verdict'], number: number): Run => run(verdict, { attempt: { number, of: 3 } });

  test('is the gravest verdict, whatever the exit code says of an unknown', () => {
    expect(outcomeOf([run('pass'), run('unknown')], 12).verdict).toBe('unknown');
    expect(outcomeOf([run('pass'), run('unknown')], 0).verdict).toBe('unknown');
    expect(outcomeOf([run('unknown'), run('fail'), run('pass')], 10)).toMatchObject({
      verdict: 'fail',
      gravest: { verdict: 'fail' },
    });
    expect(outcomeOf(run('pass'), 0).verdict).toBe('pass');
  });

  test('goes by the last attempt', () => {
    expect(outcomeOf([tried('unknown', 1), tried('pass', 2)], 0)).toMatchObject({ verdict: 'pass' });
    expect(outcomeOf([tried('unknown', 1), tried('unknown', 2), tried('pass', 1)], 12).verdict).toBe('unknown');
  });

  test('is a pass where all that is broken is waived', () => {
    const finding = { guarantee: 'unique', promised: true, verdict: 'fail' } as Run['findings'][number];
    const waived = [{ guarantee: 'unique', violations: 1, by: [] }] as const;
    expect(outcomeOf(run('fail', { findings: [finding], waived }), 0).verdict).toBe('pass');
  });

  test('is an error where something could not be run, unless something was broken before', () => {
    const error = { exitCode: 3, problems: [{ what: 'No Docker engine answers.', remedy: 'Start it.' }] };
    expect(outcomeOf({ runs: [run('pass')], error }, 3).verdict).toBe('error');
    expect(outcomeOf({ runs: [run('fail')], error }, 10).verdict).toBe('fail');
    expect(outcomeOf(undefined, 1).verdict).toBe('error');
    expect(outcomeOf([run('pass')], 130).verdict).toBe('interrupted');
  });

  test('tells what was wrong where nothing ran, as text and never as HTML', () => {
    const what = 'There is no scenario "<img src=x>".\n<script>';
    expect(problemsText([{ what, remedy: 'Mend it.' }], 2)).toMatch(
      /^ {4}There is no scenario "<img src=x>".\n {4}<script>$/m,
    );
    expect(outcomeOfFolder('', 137)).toMatchObject({
      stdout: expect.stringMatching(/^verdict=error\nexit-code=137\nreport=\n/) as string,
      summary: expect.stringContaining('ended without a word') as string,
    });
  });
});

describe('the comment', () => {
  test('begins with its mark, and ends with the address of the run', () => {
    const told = commentText('<!-- mark -->', ['a verdict', 'a comparison'], 'https://example.org/1');
    expect(told).toMatch(/^<!-- mark -->\n\na verdict\n\na comparison\n\n.*\(https:\/\/example\.org\/1\)\n$/);
  });

  test('is never longer than GitHub takes', () => {
    const told = commentText('<!-- mark -->', ['line\n'.repeat(40_000)], 'https://example.org/1');
    expect(told.length).toBeLessThanOrEqual(65_536);
    expect(told).toMatch(/does not fit into a comment\.\n\n\[The whole run/);
  });
});
