/**
 * Checks docs/PROMISES.md: each row of a table has a promise, a command, its last result, a date and a commit, and what
 * the command names is there. Prints what is wrong and exits with 1.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Place {
  readonly scripts: readonly string[];
  readonly exists: (path: string) => boolean;
}

/** One line a fault, with the number of its row. */
export function faultsOf(markdown: string, place: Place): readonly string[] {
  const faults: string[] = [];
  const rows = markdown
    .split('\n')
    .flatMap((line, i) => (line.trimStart().startsWith('|') ? [{ line, number: i + 1 }] : []));
  for (const { line, number } of rows) {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.every((cell) => /^:?-+:?$/.test(cell)) || cells[1] === 'shown by') continue;
    const [promise = '', shownBy = '', result = '', date = '', commit = ''] = cells;
    const command = /^`([^`]+)`$/.exec(shownBy)?.[1];
    if (promise === '') faults.push(`line ${number}: no promise`);
    else if (command === undefined) faults.push(`line ${number}: no command in the second cell`);
    else faults.push(...strange(command, place).map((what) => `line ${number}: ${what}`));
    if (result === '') faults.push(`line ${number}: no last result`);
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) faults.push(`line ${number}: no date`);
    if (!/^[0-9a-f]{7,40}$/.test(commit)) faults.push(`line ${number}: no commit`);
  }
  if (rows.length === 0) faults.push('there is no table');
  return faults;
}

/** What the command names and is not there. */
function strange(command: string, { scripts, exists }: Place): readonly string[] {
  const [program = '', verb = '', ...rest] = command.replace(/"[^"]*"/g, '').split(/\s+/);
  if (program === 'npm') {
    const script = verb === 'run' ? (rest[0] ?? '') : verb;
    return scripts.includes(script) ? [] : [`package.json has no script "${script}"`];
  }
  if (program === 'npx' && verb === 'vitest')
    return rest.filter((word) => word.includes('/') && !exists(word)).map((path) => `there is no ${path}`);
  if (program === 'npx' && verb === 'snowglobe') return [];
  return exists(program) ? [] : [`there is no ${program}`];
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const faults = faultsOf(readFileSync(join(root, 'docs/PROMISES.md'), 'utf8'), {
    scripts: Object.keys(scripts),
    exists: (path) => existsSync(join(root, path)),
  });
  for (const fault of faults) process.stderr.write(`docs/PROMISES.md: ${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
