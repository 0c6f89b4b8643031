/**
 * Control characters (but tab and newline) and those that turn the reading direction, by which a name could show itself as
 * another. XML 1.0 forbids most of them; lone surrogates it forbids too.
 */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** The text with a replacement character wherever one was that no report may carry. */
export function inert(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, '\ufffd');
}
