/** k6 as an image, for machines without the program: the real one, put into an image as small as the published one's use. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { passedUnlessBusy } from '../../laws/busy-run.ts';
import { readRun, runFolder, snowglobe } from '../../laws/cli-process.ts';
import { findK6 } from '../../load/k6-program.ts';

const BRIEF = join(import.meta.dirname, '../../laws/fixtures/brief.json');
const root = mkdtempSync(join(tmpdir(), 'snowglobe-k6-image-'));
const image = `snowglobe-k6-for-tests:${process.pid}`;
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  execFileSync('docker', ['image', 'rm', '--force', image], { stdio: 'ignore' });
});

test('an image of k6 asks the nodes of a run, and is gone with it', async () => {
  const found = findK6();
  if ('missing' in found) throw new Error(found.missing.what);
  copyFileSync(found.where, join(root, 'k6'));
  writeFileSync(join(root, 'Dockerfile'), 'FROM scratch\nCOPY k6 /k6\nWORKDIR /tmp\nENTRYPOINT ["/k6"]\n');
  execFileSync('docker', ['build', '--quiet', '--tag', image, root], { stdio: 'ignore' });
  const runs = join(root, 'runs');
  const args = ['run', BRIEF, '--driver', 'docker', '--runs', runs, '--seed', '3'];
  const { code, stdout } = await snowglobe(args, { SNOWGLOBE_K6: `image:${image}` }).ended;
  const run = readRun(await runFolder(runs));
  expect(code).toBe(run.exitCode);
  expect(run.load).toMatchObject({ client: 'k6', version: expect.stringContaining(image) as unknown });
  expect(stdout).toContain(`Load: k6 (${image})`);
  if (passedUnlessBusy('k6 as an image', run)) expect(Number(run.evidence.acknowledged)).toBeGreaterThan(1000);
  const left = execFileSync('docker', [
    'ps',
    '--all',
    '--quiet',
    '--filter',
    `label=snowglobe.run=${run.measured.runId}`,
  ]);
  expect(String(left)).toBe('');
});
