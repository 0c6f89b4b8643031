/** What a trial showed, in words, and which layout follows from it. Pure. */
import type { IdForm } from '../core/node-program.ts';
import { NAMED_LAYOUTS } from '../core/layout-names.ts';
import type { Layout } from '../core/layout.ts';
import { decodeId, idBitsOf, isOpaque } from '../core/layout.ts';
import { counted, grouped } from '../core/phrases.ts';
import { type Guess, guessLayouts, NEAR_MS, offOf } from './guess-layout.ts';
import { idText } from './id-text.ts';
import type { Trial } from './trial.ts';

export interface Tried {
  readonly lines: readonly string[];
  /** Layouts in which the time inside is now; the best first. */
  readonly guesses: readonly Guess[];
}

/** `layout`: what the user says of it, and how he calls it; undefined: he says nothing. */
export function tried(
  { seen, tookMs }: Trial,
  form: IdForm,
  layout: { readonly text: string; readonly layout: Layout } | undefined,
  idBits: 64 | 128,
): Tried {
  const ids = seen.map(({ id }) => idText(id, form));
  const answered = `It gave ${counted(seen.length, 'ID')}, one in ${tookMs.toFixed(1)} ms: ${ids.join(', ')}`;
  const same = new Set(ids).size < ids.length ? ['! The same ID came more than once.'] : [];
  const guesses = form === 'text' ? [] : guessLayouts(seen, idBits);
  const said =
    layout === undefined || isOpaque(layout.layout) ? saidOfGuesses(guesses, form) : saidOf(layout, seen, guesses);
  return { lines: [answered, ...same, ...said], guesses };
}

function saidOfGuesses(guesses: readonly Guess[], form: IdForm): readonly string[] {
  if (guesses.length > 0)
    return guesses.map(
      ({ layout, offMs }) => `The layout ${described(layout)} fits: the time inside is ${distance(offMs)}.`,
    );
  return [
    form === 'text'
      ? 'Of texts a digest is kept: they are told apart, and nothing is read out of them.'
      : 'In no layout that has a name is the time inside near now: it stays unknown, and what needs it is not judged.',
  ];
}

/** A name alone says little to whoever does not know it. */
function described(layout: string): string {
  const named = NAMED_LAYOUTS[layout];
  return named === undefined ? layout : `${layout} (${named.spec})`;
}

function saidOf(
  { text, layout }: { readonly text: string; readonly layout: Layout },
  seen: Trial['seen'],
  guesses: readonly Guess[],
): readonly string[] {
  const [first] = seen;
  if (first === undefined) return [];
  if (layout.timeBits === 0) return [`The layout ${text} carries no time: whether it fits cannot be told.`];
  const offMs = offOf(layout, seen);
  if (offMs !== undefined && Math.abs(offMs) <= NEAR_MS + layout.tickMs) {
    const { unixMs, workerId, sequence } = decodeId(layout, first.id);
    const fields = [
      `time ${new Date(unixMs).toISOString()}`,
      ...(layout.workerBits > 0 ? [`worker ${workerId}`] : []),
      ...(layout.sequenceBits > 0 ? [`sequence ${sequence}`] : []),
    ];
    return [`${fields.join(', ')}. The embedded time is ${distance(offMs)}: the layout fits.`];
  }
  const why =
    offMs === undefined
      ? `has bits that an ID of ${idBitsOf(layout)} bits gave other values`
      : `puts its time ${distance(offMs)}`;
  const others = guesses.map((guess) => guess.layout);
  return [
    `! The layout ${text} does not fit: it ${why}. ${others.length === 0 ? 'Is its epoch another one? Write it behind the name: twitter+2020-01-01.' : `These would: ${others.join(', ')}.`}`,
  ];
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
