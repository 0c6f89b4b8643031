/** The claims as they were judged, in Markdown: in short for the README, at length for docs/CLAIMS.md. Pure. */
import { totals } from '../../harness/claims/text.ts';
import type { ClaimRecord, ClaimsRecord, PartRecord } from '../../harness/core/claim.ts';

/** What `docs/claims.json` holds. */
export interface ClaimsPage extends ClaimsRecord {
  readonly commit: string;
  readonly date: string;
  /** Runs that were carried out. */
  readonly carriedOut: number;
}

const BEGIN = '<!-- claims: written by `npm run claims` -->';
const END = '<!-- end of the claims -->';

/** The document with its claims replaced; throws where it has no place for them. */
export function withClaims(document: string, text: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`The document needs a line ${BEGIN} and, below it, one ${END}.`);
  return `${document.slice(0, from)}${BEGIN}\n\n${text}\n${document.slice(to)}`;
}

/** Where `claimsAtLength` goes. */
export const AT_LENGTH = 'docs/CLAIMS.md';

/** A row a part, with its witness in a few words. */
export function claimsPage(page: ClaimsPage): string {
  return [
    carriedOut(page),
    '',
    '| claim | what is claimed | outcome | witness, in short |',
    '| --- | --- | --- | --- |',
    ...page.claims.flatMap(({ name, parts }) => parts.map((part) => shortRow(name, part))),
    '',
  ].join('\n');
}

/** Every claim in its own words, and each part with all that it rests on. */
export function claimsAtLength(page: ClaimsPage): string {
  return [
    '# The claims, one by one',
    '',
    'What the reference design claims, as it was judged, with what each part rests on. Written by `npm run claims`; the table in the [README](../README.md#the-claims-page) is this in short, and says what the outcomes mean.',
    '',
    carriedOut(page),
    '',
    ...page.claims.flatMap(claimText),
  ].join('\n');
}

function carriedOut(page: ClaimsPage): string {
  const { claims, carriedOut: runs, driver, date, commit } = page;
  const parts = claims.reduce((sum, claim) => sum + claim.parts.length, 0);
  return `${claims.length} claims in ${parts} parts: ${totals(page).join(', ')}. By ${runs} runs on ${driver}, ${date}, commit ${commit}.`;
}

function shortRow(name: string, part: PartRecord): string {
  // GitHub names a heading so.
  const link = `[${name}](${AT_LENGTH}#${name.toLowerCase()})`;
  return `| ${link} | ${cell(part.says)} | **${part.outcome}** | ${inShort(part)} |`;
}

const SHORT_MAX = 120;

/** What broke it, or else what it rests on, or why nothing can say it; and the command that says more, where there is one. */
function inShort(part: PartRecord): string {
  const { outcome, because, witness } = part;
  if (outcome === 'held' && part.runs.length > 0) return runsInShort(part);
  const told = cell(shortened(firstSentence(outcome === 'broken' ? (witness ?? because) : because)));
  const command = outcome === 'not judged' ? /`snowglobe [^`]*`/.exec(because)?.[0] : undefined;
  return command === undefined ? told : `${told}; see ${cell(command)}`;
}

/** Runs of the generator, and behind them those of its control, which has to break: else nothing is held. */
function runsInShort({ runs, because }: PartRecord): string {
  const byGenerator = Map.groupBy(runs, ({ generator }) => generator);
  const [own = [], control = []] = [...byGenerator.values()];
  const caught = /caught in (\d+ of \d+)/.exec(because)?.[1];
  const kept = `kept in ${own.length} runs of \`${own[0]?.scenario}\``;
  return caught === undefined
    ? kept
    : `${kept}; \`${control[0]?.generator}\`, without the rule, was caught in ${caught}`;
}

const firstSentence = (text: string): string => /^.*?[.](?= |$)/s.exec(text)?.[0].slice(0, -1) ?? text;

/** At the end of a clause. */
function shortened(text: string): string {
  if (text.length <= SHORT_MAX) return text;
  const start = text.slice(0, SHORT_MAX);
  const end = Math.max(...[';', ',', ':'].map((sign) => start.lastIndexOf(`${sign} `)));
  return `${start.slice(0, end > 0 ? end : start.lastIndexOf(' '))} …`;
}

function claimText({ name, claim, note, parts }: ClaimRecord): readonly string[] {
  return [
    `## ${name}`,
    '',
    `${cell(claim)}${note === undefined ? '' : ` _${cell(note)}_`}`,
    '',
    '| outcome | what is claimed | why, and the witness |',
    '| --- | --- | --- |',
    ...parts.map(partRow),
    '',
  ];
}

function partRow({ outcome, says, because, witness }: PartRecord): string {
  const shown = witness === undefined ? '' : ` Witness: ${cell(witness)}`;
  return `| **${outcome}** | ${cell(says)} | ${cell(because)}${shown} |`;
}

/** Text in a table, as it is: no column and no markup begins in it. */
const cell = (text: string): string =>
  text.replaceAll(/[|<>*_]/g, (sign) => (/[<>]/.test(sign) ? (sign === '<' ? '&lt;' : '&gt;') : `\\${sign}`));
