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
import { loadGenerator } from '../registry.ts';

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

interface Told {
  /** What was found, and why, by guarantee. */
  readonly lines: readonly string[];
  /** Causes of what counts against it. */
  readonly causes: readonly string[];
}

async function told(generator: string, scenario: string): Promise<Told> {
  const { run } = await lab.run({ scenario, driver: 'sim', generator, seed: '3' });
  const lines = run.findings.flatMap(({ guarantee, scope = '', verdict, violations, witnesses }) => [
    `${guarantee} ${scope}: ${verdict}, ${violations}`,
    ...witnesses.map(({ what, cause, explanation }) => `${guarantee} ${scope}: ${what} ${cause}: ${explanation}`),
  ]);
  const failed = run.findings.filter(({ promised, verdict }) => promised && verdict === 'fail');
  const causes = failed.flatMap(({ witnesses }) => witnesses.map(({ cause = 'none' }) => cause));
  return { lines: lines.toSorted(), causes: [...new Set(causes)].toSorted() };
}

test.each([
  ['lowers-bound', 'no-fence', 'ahead-then-handed-over'],
  ['sleeps-off-step', 'never-sleeps', 'clock-back-an-hour'],
  ['judges-lease-by-own-clock', 'snowflake', 'clock-ahead-at-the-standby'],
])(
  '%s as %s',
  async (mutant, as, scenario) => {
    const open = await told(mutant, scenario);
    // The mutant itself says why: all of it has to be found before it is hidden.
    const { generator } = await loadGenerator(mutant);
    expect(open.causes).toEqual(expect.arrayContaining([generator.mutant!.because].flat()));
    expect(await told(disguised(mutant, as), scenario)).toEqual(open);
  },
  TWO_RUNS_MS,
);
