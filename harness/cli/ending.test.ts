/** A user's module runs in the harness's process: it neither ends it before a verdict nor keeps it alive after one. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { BRIEF, inputFolder } from '../laws/bad-input-cases.ts';
import { snowglobe } from '../laws/cli-process.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const { folder, file } = inputFolder();

/** A scenario whose module does this first. */
const scenarioThat = (name: string, does: string): string =>
  file(
    `${name}.mjs`,
    `import { readFileSync } from 'node:fs'; ${does}
    export default JSON.parse(readFileSync(${JSON.stringify(BRIEF)}, 'utf8'));`,
  );
const runOf = (scenario: string): string[] => [
  'run',
  scenario,
  '--driver',
  'sim',
  '--runs',
  `${folder}/runs`,
  '--json',
];

test('a module that keeps the process alive does not outlast the verdict', { timeout: 30_000 }, async () => {
  const scenario = scenarioThat('alive', 'setInterval(() => {}, 1000);');
  const { code, signal, stdout } = await snowglobe(runOf(scenario)).ended;
  expect({ code, signal }).toEqual({ code: (JSON.parse(stdout) as { exitCode: number }).exitCode, signal: null });
});

test('what a module prints is no part of the document', { timeout: 30_000 }, async () => {
  const { stdout, stderr } = await snowglobe(runOf(scenarioThat('prints', `console.log('usage: mine FILE');`))).ended;
  expect(JSON.parse(stdout)).toMatchObject({ state: 'judged' });
  expect(stderr).toContain('usage: mine FILE');
});

test('a module that ends the process in the middle of a run ends it without a pass', { timeout: 30_000 }, async () => {
  // The harness listens for signals from the end of the preflight on.
  const scenario = scenarioThat(
    'leaves',
    `setInterval(() => { if (process.listenerCount('SIGINT') > 0) process.exit(0); }, 1);`,
  );
  const { code, stdout } = await snowglobe(runOf(scenario)).ended;
  expect({ code, told: JSON.parse(stdout) as unknown }).toMatchObject({
    code: 1,
    told: {
      error: { exitCode: 1, problems: [{ what: expect.stringContaining('there is no verdict') as unknown }] },
    },
  });
});

test('a document larger than a pipe holds comes whole to a reader that is late', { timeout: 30_000 }, async () => {
  // By a shell: what Node gives a child for a pipe is a socket, which holds more.
  const shown = `"$0" ${JSON.stringify(MAIN)} list --json | (sleep 2; cat)`;
  const { stdout } = await promisify(execFile)('sh', ['-c', shown, process.execPath], { maxBuffer: 2 ** 24 });
  expect(stdout.length).toBeGreaterThan(65_536);
  expect(Object.keys(JSON.parse(stdout) as object)).toContain('scenarios');
});
