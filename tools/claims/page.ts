/** The claims page of the README, in Markdown. Pure. */
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

export function claimsPage(page: ClaimsPage): string {
  const { claims, carriedOut, driver, date, commit } = page;
  const parts = claims.reduce((sum, claim) => sum + claim.parts.length, 0);
  return [
    `${claims.length} claims in ${parts} parts: ${totals(page).join(', ')}. By ${carriedOut} runs on ${driver}, ${date}, commit ${commit}.`,
    '',
    '<details>',
    '<summary>Claim by claim, with what each rests on</summary>',
    '',
    ...claims.flatMap(claimText),
    '</details>',
    '',
  ].join('\n');
}

function claimText({ name, claim, note, parts }: ClaimRecord): readonly string[] {
  return [
    `**${name}** ${cell(claim)}${note === undefined ? '' : ` _${cell(note)}_`}`,
    '',
    '| | what is claimed | why, and the witness |',
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
