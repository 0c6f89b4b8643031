/** Why something in an input is no ID. Pure. */
import { visible } from '../core/visible.ts';

/** The kinds by which it is counted, with what is said of each. */
export const REFUSALS = {
  empty: 'is empty',
  minus: 'has a minus sign',
  plus: 'has a plus sign',
  'leading zeros': 'has leading zeros, which no ID has that is written once and read again',
  'too big': 'is more than the largest ID',
  fraction: 'has a fraction',
  exponent: 'has an exponent',
  null: 'is null',
  'not an ID': 'is no ID',
  'cut off': 'may have been cut off in the middle of an ID',
  'missing column': 'lacks the column',
  'column twice': 'has the column twice',
  'other columns': 'has another number of columns than its header',
  'bad quotes': 'has quotes that do not match',
  'not JSON': 'is not a JSON object',
  'too long': 'is too long for a line',
  'no node': 'names no node',
  unreadable: 'cannot be read',
  endless: 'has no end',
} as const;
export type RefusalKind = keyof typeof REFUSALS;

/** What is wrong with something that is no ID, as a clause about its place. */
export function refusalText(kind: RefusalKind, text: string): string {
  if (kind === 'unreadable' || kind === 'endless') return `${REFUSALS[kind]}: ${text}`;
  return kind === 'empty' || text === '' ? REFUSALS[kind] : `"${visible(text)}" ${REFUSALS[kind]}`;
}
