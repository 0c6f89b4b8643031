/**
 * The parts of the GitHub action (action.yml) that are more than a few lines of shell. FOLDER is that of the action: the
 * document of the command, its summary, its runs.
 *
 *   node tools/action.ts outcome FOLDER EXIT_CODE     prints the outputs of the step; writes a summary where there is none
 *   node tools/action.ts comment FOLDER MARK URL      prints the comment
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commentText, outcomeOf, problemsText } from './action/outcome.ts';
import type { Run } from '../harness/core/run.ts';

function outcome(folder: string, exitCode: number): string {
  const text = readFileSync(join(folder, 'document.json'), 'utf8');
  const document = text.trim() === '' ? undefined : (JSON.parse(text) as Parameters<typeof outcomeOf>[0]);
  const { verdict, gravest, problems } = outcomeOf(document, exitCode);
  const summary = join(folder, 'summary.md');
  if (!existsSync(summary)) writeFileSync(summary, problemsText(problems, exitCode));
  const report = gravest === undefined ? '' : reportOf(folder, gravest);
  return Object.entries({ verdict, 'exit-code': exitCode, report, folder })
    .map(([name, value]) => `${name}=${oneLine(String(value))}\n`)
    .join('');
}

/** A run's folder ends with its ID. */
function reportOf(folder: string, { measured }: Run): string {
  const [found] = globSync(`runs/*/*-${measured.runId}/report.html`, { cwd: folder });
  return found === undefined ? '' : join(folder, found);
}

/** GitHub reads an output to the end of its line, and the next line as another output. */
function oneLine(value: string): string {
  if (/[\r\n]/.test(value)) throw new Error(`an output with a line break: ${JSON.stringify(value)}`);
  return value;
}

function comment(folder: string, mark: string, url: string): string {
  const parts = ['summary.md', 'comparison.md'].map((name) => join(folder, name)).filter((file) => existsSync(file));
  return commentText(
    mark,
    parts.map((file) => readFileSync(file, 'utf8').trim()),
    url,
  );
}

const [verb, folder = '', ...rest] = process.argv.slice(2);
if (verb === 'outcome') process.stdout.write(outcome(folder, Number(rest[0])));
else if (verb === 'comment') process.stdout.write(comment(folder, rest[0] ?? '', rest[1] ?? ''));
else throw new Error(`there is no "${verb}": outcome or comment`);
