/** One published generator through one of its scenarios, and whether that came out as its file says. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trial } from '../../generators/published/programs/fleet.ts';
import { parseRun } from '../../harness/core/run-schema.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A run takes half a minute; on a busy machine, longer. */
const RUN_MS = 600_000;

/** By the command line, as anybody would. Throws where the run left no record. */
export function runOnce(generator: string, scenario: string): Outcome {
  const runs = mkdtempSync(join(tmpdir(), 'snowglobe-fleet-'));
  try {
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(ROOT, 'harness/main.ts'),
        ...['run', `scenarios/published/${scenario}.ts`, '--driver', 'local'],
        ...['--generator', `generators/published/${generator}.ts`, '--runs', runs],
      ],
      { cwd: ROOT, encoding: 'utf8', timeout: RUN_MS },
    );
    const [folder] = existsSync(join(runs, scenario)) ? readdirSync(join(runs, scenario)) : [];
    if (folder === undefined)
      throw new Error(
        `${generator} through ${scenario} left no record (${signal ?? `exit ${status}`}):\n${stdout.slice(-2000)}${stderr.slice(-2000)}`,
      );
    return outcomeOf(parseRun(readFileSync(join(runs, scenario, folder, 'run.json'), 'utf8')));
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}

/** It broke what is not known to break, or kept what is known to break, or nothing was learned. */
export function isSurprise({ breaks = [], mayBreak = [] }: Trial, { verdict, broken }: Outcome): boolean {
  const names = broken.map(({ what }) => what);
  return (
    verdict === 'unknown' ||
    breaks.some((name) => !names.includes(name)) ||
    names.some((name) => !breaks.includes(name) && !mayBreak.includes(name))
  );
}

export function inShort({ verdict, broken }: Outcome): string {
  return broken.length === 0
    ? verdict
    : broken.map(({ what, violations = 1 }) => `${what} ×${violations}`).join(' and ');
}
