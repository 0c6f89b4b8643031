/** The rules as Prometheus itself reads and tries them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';

const FOLDER = import.meta.dirname;
const root = mkdtempSync(join(tmpdir(), 'snowglobe-rules-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What promtool says, and whether it is content. */
function promtool(folder: string, ...args: readonly string[]): { readonly ok: boolean; readonly said: string } {
  try {
    return { ok: true, said: execFileSync('promtool', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return { ok: false, said: `${stdout}${stderr}` };
  }
}

test('the rule file is valid', () => {
  const { ok, said } = promtool(FOLDER, 'check', 'rules', 'alerts.yaml');
  expect({ ok, said }).toEqual({ ok: true, said: expect.stringMatching(/SUCCESS: \d+ rules found/) as unknown });
});

test('each alert fires where it has to and is silent where it has to be', () => {
  const { ok, said } = promtool(FOLDER, 'test', 'rules', 'alerts.test.yaml');
  expect(said).toContain('SUCCESS');
  expect(ok).toBe(true);
});

test('an alert with another bound fails its case', () => {
  const bound = 'expr: snowglobe_run_duplicates_total > 0';
  const rules = readFileSync(join(FOLDER, 'alerts.yaml'), 'utf8');
  expect(rules).toContain(bound);
  const { tests, ...file } = parse(readFileSync(join(FOLDER, 'alerts.test.yaml'), 'utf8')) as {
    readonly tests: readonly { readonly name: string }[];
  };
  const ofDuplicates = tests.filter(({ name }) => name.startsWith('SnowglobeDuplicateId'));
  writeFileSync(join(root, 'alerts.test.yaml'), stringify({ ...file, tests: ofDuplicates }));
  writeFileSync(join(root, 'alerts.yaml'), rules);
  expect(promtool(root, 'test', 'rules', 'alerts.test.yaml').ok).toBe(true);
  writeFileSync(join(root, 'alerts.yaml'), rules.replace(bound, bound.replace('0', '5')));
  const { ok, said } = promtool(root, 'test', 'rules', 'alerts.test.yaml');
  expect({ ok, said }).toEqual({ ok: false, said: expect.stringContaining('SnowglobeDuplicateId') as unknown });
});
