/**
 * Makes reports/examples/ anew: a run of `storm` that passes and one that fails, each with its report.html, run.json,
 * junit.xml and summary.md, by the command line as a user would.
 *
 *   npm run examples                   on docker
 *   npm run examples -- --driver sim   on another driver
 *
 * Exits with 1, and leaves the examples as they were, when a run does not end as its example has to.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ExitCode } from '../harness/core/errors.ts';
import { EXIT } from '../harness/core/errors.ts';
import type { Reporter } from '../harness/core/reporter.ts';
import { parseRun } from '../harness/core/run-schema.ts';
import { loadReporters } from '../harness/registry.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'reports/examples');
const SEED = '4711';

interface Example {
  readonly name: string;
  readonly generator: string;
  readonly ends: ExitCode;
}

const EXAMPLES: readonly Example[] = [
  { name: 'passing', generator: 'snowflake', ends: EXIT.pass },
  { name: 'failing', generator: 'snowflake-cached', ends: EXIT.guaranteeBroken },
];

const { values } = parseArgs({ options: { driver: { type: 'string', default: 'docker' } } });
const runs = mkdtempSync(join(tmpdir(), 'snowglobe-examples-'));
try {
  const made = EXAMPLES.map((example) => ({ example, folder: runFolder(example) }));
  const reporters = await loadReporters();
  const wrong = made.some(({ folder }) => folder === undefined);
  for (const { example, folder } of made) if (folder !== undefined && !wrong) write(example, folder, reporters);
  process.exitCode = wrong ? 1 : 0;
} finally {
  rmSync(runs, { recursive: true, force: true });
}

/** The folder of the run, or undefined where it did not end as it has to. */
function runFolder({ name, generator, ends }: Example): string | undefined {
  const own = join(runs, name);
  const { status } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'harness/main.ts'),
      ...['run', 'storm', '--driver', values.driver, '--generator', generator, '--seed', SEED, '--runs', own],
    ],
    { stdio: 'inherit' },
  );
  if (status === ends) return join(own, 'storm', readdirSync(join(own, 'storm'))[0] as string);
  process.stderr.write(`examples: the ${name} run ended with ${status}, and has to end with ${ends}.\n`);
  return undefined;
}

function write({ name }: Example, folder: string, reporters: ReadonlyMap<string, Reporter>): void {
  const run = parseRun(readFileSync(join(folder, 'run.json'), 'utf8'));
  mkdirSync(join(FOLDER, name), { recursive: true });
  for (const reporter of reporters.values()) {
    const { file, content } = reporter.render(run);
    writeFileSync(join(FOLDER, name, file), content);
  }
}
