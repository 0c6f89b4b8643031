/**
 * Lines of styled text: built and cut to a width as plain data, painted at the end.
 */
import { styleText } from 'node:util';

/** What a piece of text means; `painter` gives meanings their colours. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'doubt' | 'accent';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

/** Turns a line into text for a stream. */
export type Paint = (line: Line) => string;

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  plain: [],
  strong: ['bold'],
  faint: ['dim'],
  good: ['green'],
  bad: ['red', 'bold'],
  doubt: ['yellow'],
  accent: ['cyan'],
};

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });

/** Colours where the stream shows them and NO_COLOR does not forbid them: node's own rule. */
export function painter(stream: NodeJS.WritableStream): Paint {
  return (line) =>
    line.map(({ text, tone }) => (tone === 'plain' ? text : styleText(STYLES[tone], text, { stream }))).join('');
}

export function widthOf(line: Line): number {
  return [...textOf(line)].length;
}

/** The line, cut to `width` with an ellipsis. */
export function fit(line: Line, width: number): Line {
  if (widthOf(line) <= width) return line;
  const cut: Span[] = [];
  let left = width - 1;
  for (const { text, tone } of line) {
    const letters = [...text];
    if (letters.length >= left) {
      cut.push(span(`${letters.slice(0, Math.max(0, left)).join('')}…`, tone));
      break;
    }
    cut.push(span(text, tone));
    left -= letters.length;
  }
  return cut;
}

/** The line, broken at blanks so that it fits in `width`; later lines begin `indent` further right. */
export function wrap(line: Line, width: number, indent: number): readonly Line[] {
  if (widthOf(line) <= width) return [line];
  const lines: Line[] = [];
  let current: Span[] = [];
  let used = 0;
  for (const word of wordsOf(line)) {
    const length = widthOf(word);
    const blanks = length - [...textOf(word).trimEnd()].length;
    // Blanks at the end of a line may hang over its edge: nobody sees them.
    if (used > indent && used + length - blanks > width) {
      lines.push(current);
      current = [span(' '.repeat(indent))];
      used = indent;
    }
    current.push(...word);
    used += length;
  }
  return [...lines, current];
}

/**
 * A line of a list, for a terminal of so many columns. Where there is none, or one that does not know its size and says
 * 0, it stays whole, for whoever searches it.
 */
export function fitted(line: string, columns: number | undefined, indent: number): readonly string[] {
  if (columns === undefined || columns === 0) return [line];
  // Text below a long name keeps half of a narrow terminal.
  return wrap([span(line)], columns - 1, Math.min(indent, columns >> 1)).map((part) => textOf(part).trimEnd());
}

/** Words with the blanks that follow them; a word may change its tone within. */
function wordsOf(line: Line): readonly Line[] {
  const words: Span[][] = [];
  let afterBlank = true;
  for (const { text, tone } of line)
    for (const piece of text.split(/(?<=\s)(?=\S)/)) {
      if (piece === '') continue;
      const last = words.at(-1);
      if (last === undefined || (afterBlank && /^\S/.test(piece))) words.push([span(piece, tone)]);
      else last.push(span(piece, tone));
      afterBlank = /\s$/.test(piece);
    }
  return words;
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}
