/** What is written, against the schema of Jenkins' JUnit reader, by xmllint. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../harness/core/run.ts';
import { failingCached } from './fixtures/cached.ts';
import { poison } from './fixtures/poison.ts';
import { begunRun, unknownRun } from './fixtures/sparse.ts';
import { passingStorm } from './fixtures/storm.ts';
import { waivedCached } from './fixtures/waived.ts';
import report from './junit.ts';

const SCHEMA = join(import.meta.dirname, 'fixtures/jenkins-junit.xsd');

function lint(xml: string): { readonly status: number | null; readonly said: string } {
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, '-'], {
    input: xml,
    encoding: 'utf8',
  });
  return { status, said: stderr.trim() };
}

const RUNS: Readonly<Record<string, Run>> = {
  passing: passingStorm(),
  failing: failingCached(),
  unknown: unknownRun(),
  begun: begunRun(),
  waived: waivedCached(),
  hostile: poison(failingCached(), '</failure>]]>\u0000\ud800\u0008<!-- & " \' \ufffe'),
};

test.each(Object.entries(RUNS))('the document of a run that is %s is valid', (_, run) => {
  expect(lint(report.render(run).content)).toEqual({ status: 0, said: '- validates' });
});

test('a document that is not valid is told from one that is', () => {
  const { content } = report.render(passingStorm());
  expect(lint(content.replace(/ name="[^"]*"/, '')).status).not.toBe(0);
});
