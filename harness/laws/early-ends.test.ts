/**
 * Class 37: how often a coordinator ended a lease by its own doing is told of each run, apart from what was done to it. On
 * the simulator, whose coordinator breaks its word in one scenario only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLab } from '../../tools/lab.ts';
import type { LeaseTotals } from '../core/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-early-ends-'));
const lab = await createLab(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function leasesOf(scenario: string, generator = 'snowflake'): Promise<readonly LeaseTotals[] | undefined> {
  const { run } = await lab.run({ scenario, driver: 'sim', generator, seed: '1' });
  return run.leases;
}

const some = expect.toSatisfy((count: number) => count > 0) as unknown;
const only = (ends: Partial<Record<keyof LeaseTotals, unknown>>) => [
  { held: some, endedEarly: 0, unclear: 0, forgotten: 0, revoked: 0, ...ends },
];

test.each([
  ['early-revoke', only({ endedEarly: some })],
  ['etcd-leader-pause', only({})],
  ['lease-expire', only({ revoked: some })],
  ['start-at-once', only({ revoked: some })],
])('%s', { timeout: 30_000 }, async (scenario, leases) => {
  expect(await leasesOf(scenario)).toEqual(leases);
});

test('of leases that nobody has nothing is told', { timeout: 30_000 }, async () => {
  expect(await leasesOf('segment-killed', 'segment')).toBeUndefined();
});
