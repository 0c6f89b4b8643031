/** What a trial showed, in words, and which layout follows from it. Pure. */
import type { IdForm } from '../core/node-program.ts';
import { NAMED_LAYOUTS } from '../core/layout-names.ts';
import type { Layout } from '../core/layout.ts';
import { decodeId, idBitsOf, isOpaque } from '../core/layout.ts';
import { counted, grouped } from '../core/phrases.ts';
import type { FoundForm } from './choose-form.ts';
import { type Guess, guessLayouts, NEAR_MS, offOf, type SeenId } from './guess-layout.ts';
import { shownId } from './shown-id.ts';
import type { FoundOut } from './try-forms.ts';

export interface Tried {
  readonly lines: readonly string[];
  /** Layouts in which the time inside is now; the best first. */
  readonly guesses: readonly Guess[];
}

/** What the user says of the layout, and how he calls it. */
export interface SaidLayout {
  readonly text: string;
  readonly layout: Layout;
}

/** `said`: undefined where he says nothing. */
export function tried({ tookMs, ...found }: FoundOut, said: SaidLayout | undefined): Tried {
  const { seen, form, idBits } = found;
  const shown = seen.map(({ given }) => shownId(given)).join(', ');
  const guesses = guessesOf(found);
  return {
    lines: [
      `It gave ${counted(seen.length, 'ID')}, one in ${tookMs.toFixed(1)} ms: ${shown}`,
      ...(form === 'decimal' || form === 'text' ? [] : [`They are written in the form ${form}, of ${idBits} bits.`]),
      ...(new Set(seen.map(({ id }) => id)).size < seen.length ? ['! The same ID came more than once.'] : []),
      ...lossOf(found),
      ...(said === undefined || isOpaque(said.layout)
        ? saidOfGuesses(guesses, form)
        : [misfitOf(found, said) ?? fitOf(said, seen)]),
    ],
    guesses,
  };
}

function guessesOf({ seen, form, idBits }: FoundForm): readonly Guess[] {
  return form === 'text' ? [] : guessLayouts(seen, idBits);
}

/** Numbers above 2^53 are not the same to all who read them. */
function lossOf({ seen }: FoundForm): readonly string[] {
  const numbers = seen.flatMap(({ given }) =>
    typeof given !== 'bigint' && given.as === 'number' && !Number.isSafeInteger(Number(given.words))
      ? [given.words]
      : [],
  );
  const [first] = numbers;
  if (first === undefined) return [];
  // Some happen to be such that a JavaScript number holds them.
  const lost = numbers.find((digits) => BigInt(Number(digits)) !== BigInt(digits));
  const read = lost === undefined ? `take ${first} for its neighbours` : `read ${lost} as ${BigInt(Number(lost))}`;
  return [
    `! It gives numbers above 2^53 and no texts: clients in JavaScript lose digits (they ${read}), and \`faithful-encoding\` will say so. Give them as strings.`,
  ];
}

function saidOfGuesses(guesses: readonly Guess[], form: IdForm): readonly string[] {
  if (guesses.length > 0)
    return guesses.map(
      ({ layout, offMs }) => `The layout ${described(layout)} fits: the time inside is ${distance(offMs)}.`,
    );
  return [
    form === 'text'
      ? 'Of each text a digest is kept: they are told apart, and nothing is read out of them.'
      : 'In no layout that has a name is the time inside near now: it stays unknown, and what needs it is not judged.',
  ];
}

/** A name alone says little to whoever does not know it. */
function described(layout: string): string {
  const named = NAMED_LAYOUTS[layout];
  return named === undefined ? layout : `${layout} (${named.spec})`;
}

/** Why a layout does not fit what came, as a line; undefined: it does, or nobody can tell. */
export function misfitOf(found: FoundForm, { text, layout }: SaidLayout): string | undefined {
  if (layout.timeBits === 0) return undefined;
  const offMs = offOf(layout, found.seen);
  if (offMs !== undefined && Math.abs(offMs) <= NEAR_MS + layout.tickMs) return undefined;
  const why =
    offMs === undefined
      ? `has bits that an ID of ${idBitsOf(layout)} bits gave other values`
      : `puts its time ${distance(offMs)}`;
  const others = guessesOf(found).map((guess) => guess.layout);
  return `! The layout ${text} does not fit: it ${why}. ${others.length === 0 ? 'Is its epoch another one? Write it behind the name: twitter+2020-01-01.' : `These would: ${others.join(', ')}.`}`;
}

/** Of one that does. */
function fitOf({ text, layout }: SaidLayout, seen: readonly SeenId[]): string {
  if (layout.timeBits === 0) return `The layout ${text} carries no time: whether it fits cannot be told.`;
  const { unixMs, workerId, sequence } = decodeId(layout, (seen as readonly [SeenId])[0].id);
  const fields = [
    `time ${new Date(unixMs).toISOString()}`,
    ...(layout.workerBits > 0 ? [`worker ${workerId}`] : []),
    ...(layout.sequenceBits > 0 ? [`sequence ${sequence}`] : []),
  ];
  return `${fields.join(', ')}. The embedded time is ${distance(offOf(layout, seen) ?? 0)}: the layout fits.`;
}

const UNITS = [
  ['year', 365.25 * 86_400_000],
  ['day', 86_400_000],
  ['s', 1000],
] as const;

/** `3 ms behind now`, `12.4 years ahead of now`. */
function distance(offMs: number): string {
  const length = Math.abs(offMs);
  if (length < 1) return 'now';
  const side = offMs > 0 ? 'ahead of now' : 'behind now';
  const unit = UNITS.find(([, ms]) => length >= 2 * ms);
  if (unit === undefined) return `${grouped(Math.round(length))} ms ${side}`;
  const [name, ms] = unit;
  return `${(length / ms).toFixed(1)} ${name}${name === 's' ? '' : 's'} ${side}`;
}
