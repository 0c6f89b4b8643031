/** Which state of the project a measurement was made on. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** What can change the outcome of a run, or what is made of it. */
const MATTERS = ['claims', 'harness', 'generators', 'scenarios', 'tools'];

/**
 * `a1b2c3d`, or `a1b2c3d (changed)` where files are not as they were committed. To be asked before the first run: others
 * may commit while a long one lasts.
 */
export function currentCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', ...MATTERS) !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' (changed)' : ''}`;
}
