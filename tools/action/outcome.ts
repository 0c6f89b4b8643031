/** What the GitHub action tells of a command: from the document that `snowglobe run --json` printed. Pure. */
import { EXIT, type Problem } from '../../harness/core/errors.ts';
import type { Run } from '../../harness/core/run.ts';
import { gravest, type Verdict } from '../../harness/core/verdict.ts';
import { verdictBesideWaived } from '../../harness/core/waived.ts';

export interface CommandOutcome {
  /** `error`: nothing could be run, or not all. */
  readonly verdict: Verdict | 'interrupted' | 'error';
  /** The one to look at first; undefined: nothing ran. */
  readonly gravest: Run | undefined;
  readonly problems: readonly Problem[];
}

type Document =
  Run | readonly Run[] | { readonly runs?: readonly Run[]; readonly error: { readonly problems: readonly Problem[] } };

/** `document`: undefined where the command printed none. */
export function outcomeOf(document: Document | undefined, exitCode: number): CommandOutcome {
  const runs = runsOf(document).filter((_, index, all) => (all[index + 1]?.attempt?.number ?? 1) === 1);
  const problems = document !== undefined && 'error' in document ? document.error.problems : [];
  const verdicts = runs.map(verdictBesideWaived);
  const worst = gravest(verdicts);
  const told = exitCode === EXIT.guaranteeBroken || exitCode === EXIT.sloMissed ? 'fail' : worst;
  const isJudged = told === 'fail' || (document !== undefined && problems.length === 0);
  return {
    verdict: exitCode === EXIT.interrupted ? 'interrupted' : isJudged ? told : 'error',
    gravest: runs[verdicts.indexOf(worst)],
    problems,
  };
}

function runsOf(document: Document | undefined): readonly Run[] {
  if (document === undefined) return [];
  if (Array.isArray(document)) return document as readonly Run[];
  return 'error' in document ? (document.runs ?? []) : [document as Run];
}

/** The summary of a command that has no run to tell of. */
export function problemsText(problems: readonly Problem[], exitCode: number): string {
  const told = problems.map(({ what, where, remedy }) =>
    [...(where === undefined ? [] : [where]), what, remedy].join('\n'),
  );
  const words = told.length === 0 ? ['It ended without a word; the log of the step has more.'] : told;
  // Indented by four, it is code: nothing in it is read as Markdown or HTML.
  return [
    '### snowglobe: no verdict',
    '',
    `Nothing was judged; exit code ${exitCode}.`,
    '',
    ...words.flatMap(indented),
    '',
  ].join('\n');
}

const indented = (text: string): readonly string[] => [...text.split('\n').map((line) => `    ${line}`), ''];

/** GitHub takes no more letters in a comment; it counts as JavaScript does, or less. */
const COMMENT_MAX = 65_536;

/** `mark`: by which the next run finds the comment. What does not fit is left out, and said to be. */
export function commentText(mark: string, parts: readonly string[], url: string): string {
  const end = `\n\n[The whole run, with its artefacts](${url})\n`;
  const cut = '\n\n… and more, which does not fit into a comment.';
  const text = [mark, ...parts].join('\n\n');
  const room = COMMENT_MAX - end.length;
  if (text.length <= room) return text + end;
  const lines = text.slice(0, room - cut.length);
  return lines.slice(0, lines.lastIndexOf('\n')) + cut + end;
}
