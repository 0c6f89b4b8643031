import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reporter } from '../core/reporter.ts';
import type { Run } from '../core/run.ts';
import { inputFolder } from '../laws/bad-input-cases.ts';
import { askedReports, makeReady, SUMMARY_VARIABLE, writeReports } from './asked-reports.ts';

const { folder } = inputFolder();
const reporter = (name: string, join?: Reporter['join']): Reporter => ({
  name,
  render: ({ seed }) => ({ file: name, content: `${name} ${seed}\n` }),
  ...(join !== undefined && { join }),
});
const REPORTERS = new Map([
  ['junit', reporter('junit', (parts) => `<all>${parts.join('')}</all>`)],
  ['markdown', reporter('markdown')],
]);
const RUNS = ['1', '2'].map((seed) => ({ seed }) as Run);

const asked = (options: { junit?: string; summary?: string }, environment: Record<string, string> = {}) =>
  askedReports({ junit: options.junit, summary: options.summary }, REPORTERS, environment);

test('several runs are one document, by the reporter that knows how, else one below the other', () => {
  const [junit, summary] = [join(folder, 'new/folder/junit.xml'), join(folder, 'summary.md')];
  const reports = asked({ junit, summary }, { [SUMMARY_VARIABLE]: join(folder, 'of-step.md') });
  makeReady(reports);
  writeReports(reports, RUNS);
  expect(readFileSync(junit, 'utf8')).toBe('<all>junit 1\njunit 2\n</all>');
  expect(readFileSync(summary, 'utf8')).toBe('markdown 1\n\nmarkdown 2\n');
  expect(existsSync(join(folder, 'of-step.md'))).toBe(false);
});

test("GitHub's file is added to, and one that the user names is replaced", () => {
  const [ofStep, named] = [join(folder, 'step.md'), join(folder, 'named.md')];
  for (const file of [ofStep, named]) writeFileSync(file, 'before\n');
  for (const reports of [asked({ summary: named }), asked({}, { [SUMMARY_VARIABLE]: ofStep })]) {
    makeReady(reports);
    writeReports(reports, RUNS.slice(0, 1));
  }
  expect(readFileSync(named, 'utf8')).toBe('markdown 1\n');
  expect(readFileSync(ofStep, 'utf8')).toBe('before\nmarkdown 1\n');
});

test('without a run nothing is written, and nothing old is left that could be taken for its verdict', () => {
  const junit = join(folder, 'old.xml');
  writeFileSync(junit, 'a pass of yesterday');
  const reports = asked({ junit });
  makeReady(reports);
  writeReports(reports, []);
  expect(existsSync(junit)).toBe(false);
});

test('a variable that is set to nothing asks for nothing', () => {
  expect(asked({}, { [SUMMARY_VARIABLE]: '' })).toEqual([]);
});

test('a device is written to and stays', () => {
  makeReady(asked({ junit: '/dev/null' }));
  expect(existsSync('/dev/null')).toBe(true);
});

test.each([
  ['a folder', () => folder, /--junit.*cannot be written|cannot be written/],
  ['below a file', () => join(folder, 'file/junit.xml'), /cannot be written/],
  ['nothing', () => '', /is empty/],
])('%s is no file to write to', (_, path, says) => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeReady(asked({ junit: path() }))).toThrow(says);
});

test('one file cannot hold two reports', () => {
  const file = join(folder, 'both');
  expect(() => asked({ junit: file, summary: `${folder}/./both` })).toThrow(/name the same file/);
});

test('a file that is lost meanwhile is an error at the end, and takes no other report with it', () => {
  const [junit, summary] = [join(folder, 'lost.xml'), join(folder, 'kept.md')];
  const reports = asked({ junit, summary });
  makeReady(reports);
  mkdirSync(junit);
  expect(() => writeReports(reports, RUNS)).toThrow(/lost\.xml could not be written/);
  expect(readFileSync(summary, 'utf8')).toContain('markdown 1');
});
