import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findK6, K6_VERSION } from './k6-program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-k6-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that says what k6 would say when it is asked for its version. */
function program(path: string, says: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
  return file;
}

const K6 = 'k6 v1.8.1 (go1.26.8, linux/amd64)';

test('the one that is named, before that on the PATH, before that which set-up built', () => {
  const built = program(`home/.cache/snowglobe/k6-v${K6_VERSION}/k6`, K6);
  const HOME = join(folder, 'home');
  const PATH = join(folder, 'bin');
  expect(findK6({ HOME, PATH })).toMatchObject({ version: 'k6 1.8.1', where: built });
  const onPath = program('bin/k6', 'k6 v2.0.0 (go)');
  expect(findK6({ HOME, PATH })).toMatchObject({ version: 'k6 2.0.0', where: onPath });
  const named = program('mine', K6);
  expect(findK6({ HOME, PATH, SNOWGLOBE_K6: named })).toMatchObject({ where: named });
});

test.each([
  [{}, 'k6 is not here.'],
  [{ SNOWGLOBE_K6: '/no/such/k6' }, 'SNOWGLOBE_K6 names /no/such/k6, which is no program.'],
])('where there is none, it is said how to get it', (env, what) => {
  const found = findK6({ HOME: folder, PATH: folder, ...env }, () => false);
  expect(found).toMatchObject({ missing: { what, remedy: expect.stringContaining('grafana.com/docs/k6') } });
});

test('where there is no program, the published image is taken if the engine has it', () => {
  const asked: string[] = [];
  const has = (image: string): boolean => asked.push(image) > 0;
  expect(findK6({ HOME: folder, PATH: folder }, has)).toMatchObject({ where: `the image grafana/k6:${K6_VERSION}` });
  expect(asked).toEqual([`grafana/k6:${K6_VERSION}`]);
  expect(findK6({ HOME: folder, PATH: folder, SNOWGLOBE_K6: '/no/such/k6' }, has)).toHaveProperty('missing');
});

test('another program of that name is none', () => {
  program('k6', 'hello');
  expect(findK6({ HOME: folder, PATH: folder })).toMatchObject({
    missing: { what: expect.stringMatching(/is no k6 that works \(it says of itself: hello\)/) },
  });
});

test('an image runs on the network of the engine’s host, under the label of the run', () => {
  const found = findK6({ SNOWGLOBE_K6: 'image:grafana/k6:1.8.1' });
  if ('missing' in found) throw new Error(found.missing.what);
  expect(found.command('/app/load/requests.ts', { runId: 'ab12cd34', variables: ['X'] })).toEqual([
    ...['docker', 'run', '--rm', '--init', '--network', 'host', '--label', 'snowglobe.run=ab12cd34'],
    ...['--volume', '/app:/app:ro', '--env', 'X', 'grafana/k6:1.8.1'],
  ]);
});
