import { expect, test } from 'vitest';
import { parseRun } from '../harness/core/run-schema.ts';
import type { Run } from '../harness/core/run.ts';
import { passingStorm } from './fixtures/storm.ts';
import report from './json.ts';

test('run.json is the run, and the same run gives the same bytes', () => {
  const { file, content } = report.render(passingStorm());
  expect(file).toBe('run.json');
  expect(parseRun(content)).toEqual(passingStorm());
  expect(report.render(JSON.parse(content) as Run).content).toBe(content);
});
