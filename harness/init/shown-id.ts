/** An ID as it was given, for people. Pure. */
import type { Answer } from './choose-form.ts';

/** Longer than a UUID, and than most IDs; of what is longer, its beginning. */
const SHOWN_MAX = 40;

export function shownId(given: Answer['given']): string {
  if (typeof given === 'bigint') return String(given);
  const words = given.as === 'bytes' ? `0x${given.words}` : given.words;
  const short = words.length > SHOWN_MAX ? `${words.slice(0, SHOWN_MAX)}…` : words;
  // What a terminal would obey is not shown to it.
  return short.replaceAll(/\p{C}/gu, '?');
}
