import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadScenario } from '../harness/registry.ts';
import { createLab } from './lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-lab-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what cannot be run is refused as the command line does, before anything starts', async () => {
  const lab = await createLab(folder);
  const stranger = lab.run({ scenario: 'segment-killed', driver: 'sim', generator: 'snowflake', seed: '1' });
  await expect(stranger).rejects.toMatchObject({ name: 'SnowglobeError', exitCode: 2 });
  const wrong = join(folder, 'wrong.json');
  writeFileSync(wrong, JSON.stringify({ ...(await loadScenario('storm')), name: 'wrong', pool: 99 }));
  await expect(lab.run({ scenario: wrong, driver: 'sim', generator: 'snowflake', seed: '1' })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('pool has 99 worker IDs') as unknown,
  });
  expect(readdirSync(folder)).toEqual(['wrong.json']);
});
