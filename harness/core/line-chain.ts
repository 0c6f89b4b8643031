/**
 * Lines of JSON that are chained, so that one that was lost, changed, doubled or moved is noticed: each ends in a field
 * `chain`, the CRC-32 of its text before that field, continued from the chain of the line before (0 before the first).
 * What is lost behind the last line is not noticed. A file whose lines have no chain at all is not chained.
 */
import { crc32 } from 'node:zlib';

const CHAIN_FIELD = /^(?<text>\{.*),"chain":(?<chain>\d+)\}$/;

/** `json`: an object with at least one field. `before`: the chain of the line before. */
export function chained(json: string, before: number): { readonly line: string; readonly chain: number } {
  const text = json.slice(0, -1);
  const chain = crc32(text, before);
  return { line: `${text},"chain":${chain}}`, chain };
}

/** The first of the lines of a file that does not follow on the one before, counted from 0; undefined: all do. */
export function firstBroken(lines: readonly string[]): number | undefined {
  const found = lines.map((line) => CHAIN_FIELD.exec(line)?.groups);
  if (found.every((groups) => groups === undefined)) return undefined;
  let before = 0;
  for (const [index, groups] of found.entries()) {
    const [text, chain] = [groups?.['text'], Number(groups?.['chain'])];
    if (text === undefined || crc32(text, before) !== chain) return index;
    before = chain;
  }
  return undefined;
}
