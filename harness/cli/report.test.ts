/** `snowglobe report` and `snowglobe compare`, on runs that were kept. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExitCode } from '../core/errors.ts';
import { SnowglobeError } from '../core/errors.ts';
import { alwaysWritten } from '../core/reporter.ts';
import type { Run } from '../core/run.ts';
import { main } from '../main.ts';
import { loadReporters } from '../registry.ts';
import { compareRuns } from './compare.ts';
import type { Output } from './output.ts';
import { report } from './report.ts';

const EXAMPLES = join(import.meta.dirname, '../../reports/examples');
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of its own with nothing but the run.json of an example, changed as asked for. */
function kept(name: string, example: 'passing' | 'failing', change: (run: Run) => Run = (run) => run): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const run = JSON.parse(readFileSync(join(EXAMPLES, example, 'run.json'), 'utf8')) as Run;
  writeFileSync(join(path, 'run.json'), JSON.stringify(change(run)));
  return path;
}

function recorder(): { readonly output: Output; readonly said: { document?: unknown; text: string } } {
  const said: { document?: unknown; text: string } = { text: '' };
  const output: Output = {
    json: false,
    stream: process.stdout,
    text: (text) => void (said.text += text),
    document: (document, text) => {
      said.document = document;
      said.text += text;
    },
    error: () => 1,
  };
  return { output, said };
}

async function problemOf(action: () => ExitCode | Promise<ExitCode>): Promise<{ code: number; said: string }> {
  try {
    return { code: await action(), said: 'nothing' };
  } catch (error) {
    if (!(error instanceof SnowglobeError)) throw error;
    return { code: error.exitCode, said: error.message };
  }
}

test('into the folder of each run go its record and its page; the other formats where they are asked for', async () => {
  const reporters = await loadReporters();
  expect(alwaysWritten(reporters).map(({ name }) => name)).toEqual(['html', 'json']);
  expect([...reporters.keys()]).toEqual(['html', 'json', 'junit', 'markdown']);
});

describe('report', () => {
  const run = kept('one', 'failing');

  test.each([
    ['html', 'report.html', '<!doctype html>'],
    ['junit', 'junit.xml', '<testsuites>'],
    ['markdown', 'summary.md', '## ❌ Fail'],
    ['json', 'run.json', '"version": 1'],
  ])('writes %s into the folder of the run, and ends with 0 whatever the verdict', async (format, file, holds) => {
    const { output, said } = recorder();
    expect(await report({ run, format, out: undefined }, output)).toBe(0);
    expect(readFileSync(join(run, file), 'utf8')).toContain(holds);
    expect(said.document).toEqual({ format, file: join(run, file), verdict: 'fail' });
  });

  test('writes where it is told to, and takes the run.json itself for the run', async () => {
    const out = join(folder, 'elsewhere.xml');
    expect(await report({ run: join(run, 'run.json'), format: 'junit', out }, recorder().output)).toBe(0);
    expect(existsSync(out)).toBe(true);
  });

  test.each([
    ['a format that there is not', { run, format: 'html5', out: undefined }, 'Did you mean html?'],
    ['a folder without a run', { run: folder, format: 'html', out: undefined }, 'it has no run.json'],
    [
      'a file that cannot be written',
      { run, format: 'html', out: '/dev/null/x' },
      '--out: /dev/null/x cannot be written',
    ],
  ])('refuses %s', async (_, args, says) => {
    const { code, said } = await problemOf(() => report(args, recorder().output));
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(says) as string });
  });
});

describe('compare', () => {
  const [base, run] = [kept('base', 'passing'), kept('run', 'failing')];
  const ask = { base, run, tolerance: '10%', out: undefined };

  test('tells of what is worse, ends with its code, and writes the comparison as Markdown', async () => {
    const out = join(folder, 'compared.md');
    const { output, said } = recorder();
    expect(await compareRuns({ ...ask, out }, output)).toBe(10);
    expect(said.text).toContain('RUN is worse than BASE');
    expect(readFileSync(out, 'utf8')).toContain('## ❌ RUN is worse than BASE');
  });

  test('a folder that holds several runs of one scenario is a side of repetitions', async () => {
    for (const [name, of] of Object.entries({ a: base, b: base }))
      cpSync(of, join(folder, 'several', name), { recursive: true });
    const { output, said } = recorder();
    await compareRuns({ ...ask, base: join(folder, 'several') }, output);
    expect(said.document).toMatchObject({ base: { runs: [expect.any(String), expect.any(String)] } });
  });

  test.each([
    ['a tolerance that is none', { ...ask, tolerance: '10' }, '"10" is no tolerance'],
    ['a tolerance of nothing', { ...ask, tolerance: '0%' }, '"0%" is no tolerance'],
    ['a folder without a run', { ...ask, base: '/dev' }, 'BASE: There is no run in /dev'],
    [
      'runs of two drivers',
      { ...ask, run: kept('other', 'failing', (one) => ({ ...one, driver: 'moon' })) },
      'The driver is not the same',
    ],
  ])('refuses %s', async (_, args, says) => {
    const { code, said } = await problemOf(() => compareRuns(args, recorder().output));
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(says) as string });
  });

  test('the command line hands both over, with the exit code', async () => {
    const told: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text) => told.push(String(text)) > 0;
    try {
      expect(await main(['compare', base, run, '--tolerance', '10%', '--json'])).toBe(10);
    } finally {
      process.stdout.write = write;
    }
    expect(JSON.parse(told.join(''))).toMatchObject({ change: 'worse', exitCode: 10 });
  });
});
