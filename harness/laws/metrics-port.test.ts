/**
 * `run --metrics-port`, as a user and a scraper see it: while the run lasts, and for a moment after its verdict.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RUN_METRICS } from '../core/metric-names.ts';
import { BRIEF, inputFolder, testBadInput } from './bad-input-cases.ts';
import { eventually, readRun, runFolder, snowglobe } from './cli-process.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-metrics-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the figures of a judged run can be fetched until the process ends', { timeout: 60_000 }, async () => {
  const runs = join(root, 'judged');
  const generator = ['--generator', 'resets-sequence'];
  const { output, ended } = snowglobe(
    ['run', BRIEF, '--driver', 'sim', '--seed', '3', '--runs', runs, '--metrics-port', '0', ...generator, '--json'],
    {},
  );
  const url = await eventually('the address', 20_000, () => /Metrics: (\S+\/metrics),/.exec(output())?.[1]);
  const text = await eventually('the verdict', 20_000, async () => {
    const now = await (await fetch(url)).text();
    return now.includes(`${RUN_METRICS.evidenceWhole.name} `) ? now : undefined;
  });
  expect((await ended).code).toBe(10);
  const { findings } = readRun(await runFolder(runs));
  const violations = findings.find(({ guarantee }) => guarantee === 'unique')?.violations;
  expect(violations).toBeGreaterThan(0);
  expect(text).toContain(`\n${RUN_METRICS.duplicates.name} ${violations}\n`);
  expect(text).toContain(`${RUN_METRICS.verdict.name}{verdict="fail"} 1`);
  expect(text).toContain(`scenario="brief",generator="resets-sequence",driver="sim",seed="3"`);
});

test('a port that somebody else has ends the command before anything starts', { timeout: 30_000 }, async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = other.address() as AddressInfo;
    const runs = join(root, 'taken');
    const { code, stderr, stdout } = await snowglobe(
      ['run', BRIEF, '--driver', 'sim', '--runs', runs, '--metrics-port', String(port)],
      {},
    ).ended;
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('--metrics-port') as unknown });
    expect(stderr).toContain('somebody else listens there');
    expect(stdout).toBe('');
  } finally {
    other.close();
  }
});

const { folder } = inputFolder();
testBadInput(
  folder,
  ['http', '65536', '-1', '9464.5', ''].map((port) => ({
    what: `no port: "${port}"`,
    args: ['run', BRIEF, '--driver', 'sim', '--metrics-port', port],
    exit: 2,
    says: ['--metrics-port', 'from 1 to 65535'],
  })),
);
