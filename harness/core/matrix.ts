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
   * second are two seconds. A node that stands by is not missed.
   */
  readonly seconds: number;
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

/** What the cells say about the choice between them: one or two sentences, of cells that proved something only. */
export function decision({ axes, cells }: Matrix): readonly string[] {
  const judged = cells.filter(({ verdict, duplicates }) => verdict !== 'unknown' && duplicates !== undefined);
  if (judged.length === 0) return ['No combination proved anything: the reports say why.'];
  const cheapest = judged.filter(({ verdict }) => verdict === 'pass').toSorted(bySeconds)[0];
  const leaky = judged.filter(({ duplicates = 0 }) => duplicates > 0).toSorted(bySeconds)[0];
  const unproved = cells.length - judged.length;
  return [
    cheapest === undefined
      ? 'No combination passed.'
      : `Of those that passed, ${labelOf(axes, cheapest.values)} refused least: ${secondsText(cheapest.refusal)}.`,
    ...(leaky === undefined
      ? ['No combination let a duplicate through.']
      : [
          `${labelOf(axes, leaky.values)} refused for ${secondsText(leaky.refusal)} and let ${(leaky.duplicates ?? 0).toLocaleString('en-US')} ${leaky.duplicates === 1 ? 'duplicate' : 'duplicates'} through.`,
        ]),
    ...(unproved === 0
      ? []
      : [`${unproved} of ${cells.length} combinations proved nothing, and are left out of this.`]),
  ];
}

const bySeconds = (one: Cell, other: Cell): number => one.refusal.seconds - other.refusal.seconds;

/** Promised guarantees that were broken, and SLOs that were missed: `unique 65`, `SLO availability`. */
export function faultsOf({ guarantees, missed }: Pick<Cell, 'guarantees' | 'missed'>): readonly string[] {
  const broken = guarantees.filter((one) => one.promised && one.verdict === 'fail');
  return [
    ...broken.map(({ guarantee, violations }) => `${guarantee} ${grouped(violations)}`),
    ...missed.map((name) => `SLO ${name}`),
  ];
}

/** `12.5 s`. */
export const secondsText = ({ seconds }: Refusal): string => `${seconds.toFixed(1)} s`;
