import { expect, test } from 'vitest';
import { loadDriver, loadGenerator, loadParts, loadScenario } from '../registry.ts';
import type { WantedRun } from './run-request.ts';
import { runRequest } from './run-request.ts';

const [parts, driver, generator, scenario] = await Promise.all([
  loadParts(),
  loadDriver('sim'),
  loadGenerator('snowflake'),
  loadScenario('storm'),
]);
const WANTED: WantedRun = {
  parts,
  driver,
  generator,
  scenario,
  seed: '7',
  command: 'a test',
  openStore: () => Promise.reject(new Error('no store')),
  startLoad: () => Promise.reject(new Error('no load')),
  folder: (runId) => `/nowhere/${runId}`,
  isKept: true,
  signal: new AbortController().signal,
};

test('each request is of a run of its own, in a folder of its own', () => {
  const [one, other] = [runRequest(WANTED), runRequest(WANTED)];
  expect(one.runId).not.toBe(other.runId);
  expect(one.folder).toBe(`/nowhere/${one.runId}`);
  expect(one.owner.pid).toBe(process.pid);
});

test('its header tells what was asked for, and of attempts only where there may be several', () => {
  const { header } = runRequest(WANTED);
  expect(header).toMatchObject({ driver: 'sim', seed: '7', command: 'a test', generator: { name: 'snowflake' } });
  expect(header).not.toHaveProperty('attempt');
  const attempt = { number: 2, of: 3 };
  expect(runRequest({ ...WANTED, attempt }).header).toMatchObject({ attempt });
});

test('reports are written into a folder that is kept, those of every run, and into no other', () => {
  expect(runRequest(WANTED).reporters.map(({ name }) => name)).toContain('html');
  expect(runRequest(WANTED).reporters.map(({ name }) => name)).not.toContain('junit');
  expect(runRequest({ ...WANTED, isKept: false }).reporters).toEqual([]);
});
