/** The words of a command line, as a POSIX shell would split them, with quotes and without expansion; and back. Pure. */

/** One piece of text, or what stands between words. */
const PIECE = /[ \t\n]+|'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|[^\s'"\\]+|[^]/g;
/** What only a shell can do: somebody who writes it means a shell. */
const SHELL_ONLY = /[|&;<>()$`]/;

/**
 * Throws an Error with one sentence for a quote that is never closed, and for what would need a shell: pipes, lists of
 * commands, redirections, variables.
 */
export function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece] of text.matchAll(PIECE)) {
    if (/^[ \t\n]/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      // A shell goes on with the next line where a backslash ends one.
    } else if (piece !== '\\\n') word = (word ?? '') + meaningOf(piece);
  }
  return word === undefined ? words : [...words, word];
}

/** The word as a shell reads it back: `shellWords(quotedWord(word))` is `[word]`, for any text. */
export function quotedWord(word: string): string {
  return /^[\w./:@=,%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function meaningOf(piece: string): string {
  if (piece === "'" || piece === '"') throw new Error(`A quote (${piece}) is opened and never closed`);
  if (piece === '\\') throw new Error('It ends in a backslash, which quotes nothing');
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('\\')) return piece.slice(1);
  const isQuoted = piece.startsWith('"');
  const bare = isQuoted ? piece.slice(1, -1) : piece;
  const active = isQuoted ? /[$`]/.exec(bare.replaceAll(/\\[^]/g, '')) : SHELL_ONLY.exec(bare);
  if (active !== null)
    throw new Error(
      `"${active[0]}" needs a shell, and none is started: quote it, or start one yourself (sh -c 'exec …')`,
    );
  // Between double quotes a backslash stands for itself, but before these.
  return isQuoted ? bare.replaceAll(/\\([\\"$`\n])/g, (_, quoted: string) => (quoted === '\n' ? '' : quoted)) : bare;
}
