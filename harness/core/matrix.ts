/** One scenario, run in every combination of some settings, side by side: what `run --matrix` writes. */
import type { ExitCode } from './errors.ts';
import { grouped } from './phrases.ts';
import type { Artifact } from './reporter.ts';
import type { Verdict } from './verdict.ts';

/** Combinations that one command carries out at the most: at two minutes each that is two hours. */
export const COMBINATIONS_MAX = 64;

export interface Matrix {
  readonly version: 1;
  readonly scenario: { readonly name: string; readonly question: string };
  readonly driver: string;
  /** In the order in which they were given, the last one changing fastest. */
  readonly axes: readonly Axis[];
  /** Combinations that were carried out, in order; fewer than there are where the command ended early. */
  readonly cells: readonly Cell[];
  readonly combinations: number;
  /** The gravest of the cells. */
  readonly exitCode: ExitCode;
  /** Runs all of it again. */
  readonly command: string;
  /** ISO 8601. */
  readonly finishedAt: string;
}

export interface Axis {
  /** As it was given: `generator`, `ttl`. */
  readonly name: string;
  /** `s` where the values are seconds of an option that is in milliseconds. */
  readonly unit?: 's';
  readonly values: readonly string[];
}

export interface Cell {
  /** One of each axis. */
  readonly values: readonly string[];
  readonly runId: string;
  readonly generator: string;
  readonly seed: string;
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** Why, one sentence each. */
  readonly reasons: readonly string[];
  readonly guarantees: readonly {
    readonly guarantee: string;
    readonly scope?: string;
    readonly promised: boolean;
    readonly verdict: Verdict;
    readonly violations: number;
  }[];
  /** SLOs that were missed, by name. */
  readonly missed: readonly string[];
  /** Violations of `unique`; absent where nothing judged it. */
  readonly duplicates?: number;
  readonly refusal: Refusal;
  readonly minted: string;
  /** From the page to the report of the run. */
  readonly report: string;
  readonly command: string;
}

/** What a combination cost clients within the reach of disturbances. */
export interface Refusal {
  /**
   * Seconds for which worker IDs (nodes, where there is no pool) gave clients nothing, added up: two that are dark for a
   * second are two seconds. A node that stands by is not missed. Absent: the run cannot tell.
   */
  readonly seconds?: number;
  /** Requests that were refused there. */
  readonly requests: number;
}

/** Makes the page. Pure. */
export interface MatrixReporter {
  render(matrix: Matrix): Artifact;
}

/** `generator=snowflake ttl=5`. */
export function labelOf(axes: readonly Pick<Axis, 'name'>[], values: readonly string[]): string {
  return axes.map(({ name }, index) => `${name}=${values[index] ?? ''}`).join(' ');
}

/** Whether it is known how many duplicates it let through: those that were seen are, whatever else proved nothing. */
export function knowsDuplicates({ duplicates = 0, verdict, guarantees }: Cell): boolean {
  const unique = guarantees.find(({ guarantee }) => guarantee === 'unique');
  return duplicates > 0 || (verdict !== 'unknown' && unique?.verdict === 'pass');
}

/** A combination that can be held against others: it proved something, and what it let through and cost is known. */
export interface Comparable extends Cell {
  /** 1, 2, …: its place among all. */
  readonly number: number;
  readonly duplicates: number;
  readonly refusal: Required<Refusal>;
}

export function comparable(cells: readonly Cell[]): readonly Comparable[] {
  return cells.flatMap((cell, index) => {
    const { verdict, duplicates, refusal } = cell;
    const { seconds, requests } = refusal;
    return verdict === 'unknown' || duplicates === undefined || !knowsDuplicates(cell) || seconds === undefined
      ? []
      : [{ ...cell, number: index + 1, duplicates, refusal: { seconds, requests } }];
  });
}

/** What the cells say about the choice between them: one or two sentences, of cells that proved something only. */
export function decision({ axes, cells, combinations }: Matrix): readonly string[] {
  const known = cells.filter(knowsDuplicates);
  if (known.length === 0) return ['No combination proved anything: the reports say why.'];
  const judged = comparable(cells).toSorted(bySeconds);
  const cheapest = judged.find(({ verdict }) => verdict === 'pass');
  const leaks = ({ duplicates = 0 }: Cell): boolean => duplicates > 0;
  // What a run in doubt refused is no figure; what it let through is.
  const leaky = judged.find(leaks) ?? known.find(leaks);
  const none = known.length === combinations ? 'No combination' : 'None of those that proved something';
  const [unproved, notRun] = [cells.length - known.length, combinations - cells.length];
  return [
    cheapest === undefined
      ? `${none} passed.`
      : `Of those that passed, ${labelOf(axes, cheapest.values)} refused least: ${secondsText(cheapest.refusal)}.`,
    leaky === undefined ? `${none} let a duplicate through.` : letThrough(axes, leaky),
    ...(unproved === 0
      ? []
      : [`${unproved} of ${cells.length} combinations proved nothing, and are left out of this.`]),
    ...(notRun === 0 ? [] : [`${notRun} of ${combinations} combinations were not run.`]),
  ];
}

function letThrough(axes: Matrix['axes'], { values, verdict, refusal, duplicates = 0 }: Cell): string {
  const refused = verdict === 'unknown' ? '' : `refused for ${secondsText(refusal)} and `;
  return `${labelOf(axes, values)} ${refused}let ${duplicates.toLocaleString('en-US')} ${duplicates === 1 ? 'duplicate' : 'duplicates'} through.`;
}

const bySeconds = (one: Comparable, other: Comparable): number => one.refusal.seconds - other.refusal.seconds;

/** Promised guarantees that were broken, and SLOs that were missed: `unique 65`, `SLO availability`. */
export function faultsOf({ guarantees, missed }: Pick<Cell, 'guarantees' | 'missed'>): readonly string[] {
  const broken = guarantees.filter((one) => one.promised && one.verdict === 'fail');
  return [
    ...broken.map(({ guarantee, violations }) => `${guarantee} ${grouped(violations)}`),
    ...missed.map((name) => `SLO ${name}`),
  ];
}

/** `12.5 s`. */
export const secondsText = ({ seconds }: Refusal): string =>
  seconds === undefined ? 'not known' : `${seconds.toFixed(1)} s`;
