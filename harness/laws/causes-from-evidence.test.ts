/**
 * A cause is inferred from evidence: a generator that calls itself otherwise, lists its promises in another order and
 * declares another bug, or none, gets the same causes for the same violations.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab } from '../../tools/lab.ts';
import type { Lab } from '../../tools/lab.ts';

/** Each takes a second or two of a machine that has nothing else to do. */
const TWO_RUNS_MS = 60_000;

const MUTANTS = join(import.meta.dirname, '../../generators/mutants');
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-causes-'));
let lab: Lab;
beforeAll(async () => {
  lab = await createLab(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The mutant behind other declarations: those that the next one makes. */
function disguised(mutant: string, as: string): string {
  const file = join(folder, `${as}.ts`);
  writeFileSync(
    file,
    `import mutant from ${JSON.stringify(join(MUTANTS, `${mutant}.ts`))};
     export default { ...mutant, name: ${JSON.stringify(as)}, summary: 'Snowflake that keeps its word.',
       promises: mutant.promises.toReversed(),
       mutant: { breaks: ['recovers'], because: 'the same random bits drawn twice', shownBy: [] } };`,
  );
  return file;
}

/** What was found, and why, by guarantee. */
async function told(generator: string, scenario: string): Promise<readonly string[]> {
  const { run } = await lab.run({ scenario, driver: 'sim', generator, seed: '3' });
  return run.findings
    .flatMap(({ guarantee, scope = '', verdict, violations, witnesses }) => [
      `${guarantee} ${scope}: ${verdict}, ${violations}`,
      ...witnesses.map(({ what, cause, explanation }) => `${guarantee} ${scope}: ${what} ${cause}: ${explanation}`),
    ])
    .toSorted();
}

test.each([
  ['lowers-bound', 'no-fence', 'ahead-then-handed-over'],
  ['sleeps-off-step', 'never-sleeps', 'clock-back-an-hour'],
  ['judges-lease-by-own-clock', 'snowflake', 'clock-ahead-at-the-standby'],
])(
  '%s as %s',
  async (mutant, as, scenario) => {
    const open = await told(mutant, scenario);
    expect(open.some((line) => line.includes('fail'))).toBe(true);
    expect(await told(disguised(mutant, as), scenario)).toEqual(open);
  },
  TWO_RUNS_MS,
);
