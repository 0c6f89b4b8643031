/** Two published generators, as the fleet runs them: one from npm and one from Go, each with a defect that is known. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FLEET = join(import.meta.dirname, '../fleet.ts');

test.each([
  { generator: 'sapphire-snowflake', scenario: 'clock-still', breaks: 'unique' },
  { generator: 'bwmarrin-snowflake-v0-1-0', scenario: 'clock-back', breaks: 'unique' },
])('$generator, unmodified, breaks $breaks in $scenario, as its file says', ({ generator, scenario, breaks }) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [FLEET, '--check', '--only', generator, '--scenario', scenario],
    { encoding: 'utf8' },
  );
  expect(stderr).toMatch(new RegExp(`${generator}, ${scenario}: ${breaks} ×\\d+`));
  expect(status).toBe(0);
});
