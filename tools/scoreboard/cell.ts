/**
 * A cell of the scoreboard: one generator through one scenario, seed by seed. Pure.
 */
import type { Cause } from '../../harness/core/cause.ts';
import { alike } from '../../harness/core/cause.ts';
import type { Generator, Mutant } from '../../harness/core/generator.ts';
import type { Guarantee } from '../../harness/core/guarantee.ts';
import type { Verdict } from '../../harness/core/verdict.ts';

/** What one run came to: what a worker process sends back. */
export interface Outcome {
  readonly seed: string;
  readonly verdict: Verdict;
  /** Promised guarantees that failed, each with the causes of its witnesses. */
  readonly causes: { readonly [guarantee: string]: readonly Cause[] };
  readonly doubts: readonly string[];
}

export interface Place {
  readonly generator: string;
  readonly scenario: string;
  /** With the disturbances taken out. */
  readonly calm: boolean;
}

/** What the table and its tests need: counts, as they are stored. */
export interface Cell extends Place {
  readonly runs: number;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  /** Failed runs in which a guarantee that the mutant breaks failed for its cause, or one of its group. */
  readonly caught: number;
  /** Failed runs by guarantee. */
  readonly broken: { readonly [guarantee: string]: number };
  /** Failed runs by cause of a witness. */
  readonly causes: { readonly [cause: string]: number };
  /** Unknown runs by reason. */
  readonly doubts: { readonly [reason: string]: number };
  /** The first seed that failed. */
  readonly firstFailed?: string;
}

export function cellOf(place: Place, outcomes: readonly Outcome[], mutant: Generator['mutant']): Cell {
  const of = (verdict: Verdict): readonly Outcome[] => outcomes.filter((outcome) => outcome.verdict === verdict);
  const [failed, unknown] = [of('fail'), of('unknown')];
  const [first] = failed;
  return {
    ...place,
    runs: outcomes.length,
    pass: of('pass').length,
    fail: failed.length,
    unknown: unknown.length,
    caught: mutant === undefined ? 0 : failed.filter((outcome) => isCaught(outcome, mutant)).length,
    broken: tally(failed.map(({ causes }) => Object.keys(causes))),
    causes: tally(failed.map(({ causes }) => Object.values(causes).flat())),
    doubts: tally(unknown.map(({ doubts }) => doubts)),
    ...(first !== undefined && { firstFailed: first.seed }),
  };
}

/** The right guarantee, for the right cause. */
export function isCaught(
  { causes }: Pick<Outcome, 'causes'>,
  { breaks, because }: NonNullable<Generator['mutant']>,
): boolean {
  const right = causesOf({ because });
  return breaks.some((guarantee) => (causes[guarantee] ?? []).some((cause) => right.some((one) => alike(cause, one))));
}

/** The causes that a mutant states, as a list. */
export const causesOf = ({ because }: Pick<Mutant, 'because'>): readonly Cause[] =>
  typeof because === 'string' ? [because] : because;

/** Guarantees that failed though the mutant does not break them. */
export function strayGuarantees(broken: readonly string[], breaks: readonly Guarantee[]): readonly string[] {
  return broken.filter((guarantee) => !(breaks as readonly string[]).includes(guarantee));
}

/** In how many lists each word stands. */
function tally(lists: readonly (readonly string[])[]): { readonly [word: string]: number } {
  const counts = new Map<string, number>();
  for (const list of lists) for (const word of new Set(list)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
