/** Claims as they were judged, for a terminal: each part with its outcome, why, and its witness. Pure but for colours. */
import type { ClaimsRecord, Outcome } from '../core/claim.ts';
import { OUTCOMES } from '../core/claim.ts';
import { counted } from '../core/phrases.ts';
import type { Line, Tone } from '../telemetry/text.ts';
import { painter, span, wrap } from '../telemetry/text.ts';

export interface ClaimsTextOptions {
  /** Where the text goes: it decides colours and width. */
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  /** Runs that were carried out. */
  readonly runs: number;
  readonly exitCode: number;
}

const WIDTH_MAX = 100;
const SHOWN: Readonly<Record<Outcome, { readonly mark: string; readonly tone: Tone }>> = {
  held: { mark: '✔', tone: 'good' },
  broken: { mark: '✘', tone: 'bad' },
  measured: { mark: '≈', tone: 'accent' },
  'not judged': { mark: '–', tone: 'faint' },
};
const NAME_WIDTH = 4;
const OUTCOME_WIDTH = Math.max(...OUTCOMES.map(({ length }) => length));
/** Where what is claimed, and why it is so, begins. */
const INDENT = 1 + NAME_WIDTH + 2 + OUTCOME_WIDTH + 2;

/** Ends with a line break. */
export function claimsText(record: ClaimsRecord, { stream, runs, exitCode }: ClaimsTextOptions): string {
  const { claims, driver } = record;
  const width = Math.min(WIDTH_MAX, stream.columns || WIDTH_MAX) - 1;
  const lines = claims.flatMap(({ name, claim, note, parts }): readonly Line[] => [
    [],
    ...wrap([span(` ${name.padEnd(NAME_WIDTH)}`, 'strong'), span(claim)], width, NAME_WIDTH + 1),
    ...(note === undefined ? [] : wrap(indented(note, NAME_WIDTH + 1), width, NAME_WIDTH + 1)),
    ...parts.flatMap(({ says, outcome, because, witness }): readonly Line[] => {
      const { mark, tone } = SHOWN[outcome];
      return [
        ...wrap([span(`     ${mark} ${outcome.padEnd(OUTCOME_WIDTH)}  `, tone), span(says)], width, INDENT),
        ...wrap(indented(because), width, INDENT),
        ...(witness === undefined ? [] : wrap(indented(`witness: ${witness}`), width, INDENT)),
      ];
    }),
  ]);
  const parts = claims.reduce((sum, claim) => sum + claim.parts.length, 0);
  const head: Line = [
    span(` ${counted(claims.length, 'claim')}, ${counted(parts, 'part')}`, 'strong'),
    span(`  ${totals(record).join(', ')}`),
    span(`  ${runs === 0 ? 'without a run' : `by ${counted(runs, 'run')} on ${driver}`}  exit ${exitCode}`, 'faint'),
  ];
  return `${[...lines, [], ...wrap(head, width, 3)].map(painter(stream)).join('\n')}\n`;
}

/** `12 held`, `7 broken`, …: parts by outcome. */
export function totals({ claims }: ClaimsRecord): readonly string[] {
  const outcomes = claims.flatMap(({ parts }) => parts.map(({ outcome }) => outcome));
  return OUTCOMES.flatMap((outcome) => {
    const count = outcomes.filter((one) => one === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
}

const indented = (text: string, by = INDENT): Line => [span(`${' '.repeat(by)}${text}`, 'faint')];
