/** Control characters, and those that turn the reading direction. */
const HIDDEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const SHORT = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Text from an input as a terminal may show it: what would move the cursor or paint over a verdict stands as an escape. */
export function visible(text: string): string {
  return text.replace(
    HIDDEN,
    (letter) => SHORT.get(letter) ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
