/** Names that nobody bears: which one was meant, and where all of them are told. Pure. */

/** More names than this are a wall; whoever wants them all is told how to list them. */
const NAMES_MAX = 12;
/** One wrong letter in so many may be a slip; more is another word. */
const LETTERS_PER_SLIP = 3;

/**
 * What to do about `name`, which is none of `names`, as one or two imperative sentences. `all`: the command that lists
 * them.
 */
export function chooseAmong(name: string, names: readonly string[], all?: string): string {
  const nearest = nearestName(name, names);
  const listed = all === undefined ? [] : [`See \`${all}\`.`];
  if (nearest !== undefined) return [`Did you mean ${nearest}?`, ...listed].join(' ');
  return names.length <= NAMES_MAX || all === undefined ? `Take one of ${names.join(', ')}.` : listed.join('');
}

/** The one that `name` may be a slip of, if there is one; of several the first. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(name.length / LETTERS_PER_SLIP));
  const near = names
    .map((candidate) => ({ candidate, slips: slipsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ slips }) => slips <= most)
    .toSorted((one, other) => one.slips - other.slips);
  return near[0]?.candidate;
}

/**
 * How many letters are to be put in, left out, replaced, or swapped with their neighbour: the optimal string alignment
 * distance (a restricted Damerau–Levenshtein distance), row by row.
 */
function slipsBetween(one: string, other: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const differs = one[i - 1] === other[j - 1] ? 0 : 1;
      const ways = [(row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + differs];
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        ways.push((before[j - 2] as number) + 1);
      next.push(Math.min(...ways));
    }
    [before, row] = [row, next];
  }
  return row[other.length] as number;
}
