/**
 * JUnit XML, as CI systems read it: one suite a run; one test a promise, an SLO, a disturbance, a hazard, and one for the
 * evidence.
 *
 * Unknown is an `<error>`: each reader that we know (Jenkins, GitLab, GitHub's actions, Azure) counts an error as not
 * green and tells it from a `<failure>`, while `<skipped>` would pass for green. What was not promised, what lies outside
 * assumptions, and what is waived, is skipped: neither a pass nor a failure.
 */
import { generatorLabel } from '../harness/core/phrases.ts';
import type { Reporter } from '../harness/core/reporter.ts';
import type { Run } from '../harness/core/run.ts';
import { gatheredHow } from '../harness/core/scope.ts';
import { verdictInWords } from '../harness/core/waived.ts';
import { attemptWords } from './shared/attempts.ts';
import { headline } from './shared/headline.ts';
import { html as xml } from './shared/markup.ts';
import type { Markup } from './shared/markup.ts';
import { outcomesOf } from './shared/outcomes.ts';
import type { Outcome } from './shared/outcomes.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** Text of one test at most: readers cut longer ones, some fail on them. */
const TEXT_MAX = 20_000;
/** Readers show texts as they are, and cut a line at their edge. The command stays whole, for it is copied. */
const LINE_MAX = 96;
/** For a run that has no time: a suite without one is not valid. */
const NO_TIME = '1970-01-01T00:00:00';

export default {
  name: 'junit',
  render: (run) => ({ file: 'junit.xml', content: `${DECLARATION}${document(run).text}\n` }),
  join: (parts) => `${DECLARATION}<testsuites>\n${parts.map(suiteIn).join('\n')}\n</testsuites>\n`,
} satisfies Reporter;

/** The suite of a document, with its place among the others: the schema asks for one. What a run says is escaped in it. */
function suiteIn(part: string, place: number): string {
  const [open, close] = ['<testsuites>\n', '\n</testsuites>'];
  return part
    .slice(part.indexOf(open) + open.length, part.lastIndexOf(close))
    .replace('<testsuite id="0"', `<testsuite id="${place}"`);
}

// What `html` escapes, it escapes by numbers and by the five names that XML knows too.
function document(run: Run): Markup {
  const outcomes = outcomesOf(run);
  const count = (result: Outcome['result']): number => outcomes.filter((outcome) => outcome.result === result).length;
  const { startedAt, finishedAt } = run.measured;
  // A further attempt has a name of its own: a reader that follows tests by name would hide the one before it.
  const attempt = run.attempt === undefined || run.attempt.number === 1 ? '' : `.attempt-${run.attempt.number}`;
  const suite = `snowglobe.${run.scenario.name}.${run.generator.name}${attempt}`;
  return xml`<testsuites>
<testsuite id="0" package="snowglobe" name="${oneLine(suite)}" hostname="localhost" timestamp="${timestamp(startedAt)}" time="${secondsBetween(startedAt, finishedAt)}" tests="${outcomes.length}" failures="${count('fail')}" errors="${count('unknown')}" skipped="${count('skipped')}">
<properties>
${properties(run).map(
  ([name, value]) => xml`<property name="${oneLine(name) || '-'}" value="${oneLine(value)}"/>
`,
)}</properties>
${outcomes.map((outcome) => testcase(suite, outcome, run))}<system-out>${[headline(run), ...run.reasons, ...attempts(run), repeat(run)].map((line) => `${wrapped(line)}\n`)}</system-out>
<system-err></system-err>
</testsuite>
</testsuites>`;
}

const attempts = (run: Run): readonly string[] => [attemptWords(run)].filter((words) => words !== undefined);

function testcase(suite: string, outcome: Outcome, run: Run): Markup {
  const { group, name, result, summary, details } = outcome;
  const opened = xml`<testcase classname="${oneLine(`${suite}.${group}`)}" name="${oneLine(name)}" time="0"`;
  const text = (paragraphs: readonly string[]): string => shortened(wrapped(paragraphs.join('\n\n')));
  switch (result) {
    case 'pass':
      return xml`${opened}/>
`;
    case 'skipped':
      return xml`${opened}><skipped>${text([summary])}</skipped></testcase>
`;
    case 'fail':
      return xml`${opened}><failure type="${FAILURES[group]}" message="${oneLine(summary)}">${text([summary, ...details, repeat(run)])}</failure></testcase>
`;
    case 'unknown':
      return xml`${opened}><error type="unknown" message="${oneLine(summary)}">${text([summary, ...details])}</error></testcase>
`;
  }
}

/** Only promises and SLOs fail; all else is known or not. */
const FAILURES: Readonly<Record<Outcome['group'], string>> = {
  promises: 'guarantee broken',
  slos: 'SLO missed',
  disturbances: 'fail',
  hazards: 'fail',
  evidence: 'fail',
};

function properties(run: Run): readonly [string, string][] {
  const { driver, seed, command, generator, attempt, measured } = run;
  return [
    ['verdict', verdictInWords(run)],
    ['generator', generatorLabel(generator)],
    ['evidence', gatheredHow(generator)],
    ['driver', driver],
    ['seed', seed],
    ...(attempt === undefined ? [] : [['attempt', `${attempt.number} of ${attempt.of}`] as [string, string]]),
    ['run', measured.runId],
    ['command', command],
    ...Object.entries(measured.versions).map(([name, version]): [string, string] => [`version of ${name}`, version]),
  ];
}

/** An attribute's line breaks would become spaces in the reader; here they do so in the open. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

const repeat = ({ command }: Run): string => `${REPEAT}${command}`;
const REPEAT = 'Repeat: ';

/** Broken between words; a word that is longer than a line stays whole. */
function wrapped(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(REPEAT) ? [line] : brokenUp(line)))
    .join('\n');
}

function brokenUp(line: string): readonly string[] {
  const lines = [''];
  // No-break spaces hold together what belongs together.
  for (const word of line.split(/ +/)) {
    const last = lines.at(-1) as string;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= LINE_MAX) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function shortened(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}… (shortened; run.json has all of it)`;
}

/** Without a zone, as the schema of Ant wants it; it is UTC. */
function timestamp(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(iso)?.[0] ?? NO_TIME;
}

function secondsBetween(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) && ms > 0 ? (ms / 1000).toFixed(3) : '0';
}
