/**
 * Compares two runs, or two sets of repetitions of one run: each guarantee, SLO and figure is better, worse, the same, or
 * nobody can tell. Pure. It tells of the change only: what is broken on both sides is the same.
 */
import { median } from 'd3-array';
import type { ExitCode } from '../../harness/core/errors.ts';
import { EXIT } from '../../harness/core/errors.ts';
import { generatorLabel } from '../../harness/core/phrases.ts';
import { doubtsOf } from '../../harness/core/doubts-of.ts';
import type { Run } from '../../harness/core/run.ts';
import type { FigureRecord, SloRecord, Unit } from '../../harness/core/slo.ts';
import { gravest } from '../../harness/core/verdict.ts';
import { amount, objectiveWords, plural } from '../shared/words.ts';
import type { Change, Judged, Terms } from './figures.ts';
import { judgeFigure } from './figures.ts';
import { compareGuarantees } from './guarantees.ts';
import { CONFIDENCE, REPETITIONS_MIN } from './shift.ts';

export interface ComparedRow extends Judged {
  readonly kind: 'guarantee' | 'slo' | 'figure';
  readonly name: string;
  /** What was found on each side, in words. */
  readonly base: string;
  readonly run: string;
}

export interface Comparison {
  readonly change: Change;
  /** 10: a guarantee is worse; 11: an SLO or a figure is; 12: none is, and of one nobody can tell; 0 otherwise. */
  readonly exitCode: ExitCode;
  readonly scenario: string;
  readonly driver: string;
  readonly base: Side;
  readonly run: Side;
  /** How figures were judged, as one sentence. */
  readonly method: string;
  readonly rows: readonly ComparedRow[];
}

export interface Side {
  readonly generator: string;
  readonly runs: readonly string[];
}

/** `base` and `run`: one run or more each, comparable (`incomparable`). `tolerance`: a share, 0.1 for 10 %. */
export function compare(base: readonly Run[], run: readonly Run[], tolerance?: number): Comparison {
  const terms: Terms = { interleaved: inTurns(base, run), ...(tolerance !== undefined && { tolerance }) };
  const rows = [
    ...compareGuarantees(base, run).map(({ base: before, run: now, ...row }): ComparedRow => ({
      kind: 'guarantee',
      ...row,
      base: before.words,
      run: now.words,
    })),
    ...compareSlos(base, run, terms),
    ...compareFigures(base, run, terms),
  ];
  const first = run[0] as Run;
  return {
    change: overall(rows),
    exitCode: exitOf(rows),
    scenario: first.scenario.name,
    driver: first.driver,
    base: sideOf(base),
    run: sideOf(run),
    method: methodOf(base, run, terms),
    rows,
  };
}

function compareSlos(base: readonly Run[], run: readonly Run[], terms: Terms): readonly ComparedRow[] {
  const slos = ({ slos = [] }: Run): readonly SloRecord[] => slos;
  return namesOf([...base, ...run], slos).map((name): ComparedRow => {
    const [before, now] = [recordsOf(base, slos, name), recordsOf(run, slos, name)];
    const words = (records: readonly (SloRecord | undefined)[]): string =>
      `${valueWords(records)}, ${MET[gravest(records.map((record) => record?.verdict ?? 'unknown'))]}`;
    const row = { kind: 'slo', name, base: words(before), run: words(now) } as const;
    const [first] = [...before, ...now];
    if (first === undefined || [...before, ...now].some((record) => record === undefined || !isSameSlo(record, first)))
      return { ...row, change: 'cannot tell', why: 'It is not the same SLO in every run.' };
    const doubtful = [...base, ...run].filter((one) => !isJudged(one, name)).length;
    if (doubtful > 0)
      return {
        ...row,
        change: 'cannot tell',
        why: `${plural(doubtful, 'run')} could not judge it, or proved nothing.`,
      };
    const better = first.objective.atMost === undefined ? 'more' : 'less';
    return { ...row, ...judgeFigure(before.map(valueOf), now.map(valueOf), better, terms) };
  });
}

/** A value of too few samples is none, and one that was met in doubt is not earned. */
function isJudged(run: Run, name: string): boolean {
  const { verdict } = (run.slos ?? []).find((slo) => slo.name === name) ?? {};
  return verdict === 'fail' || (verdict === 'pass' && doubtsOf(run, { slo: name }).length === 0);
}

const MET = { pass: 'met', fail: 'missed', unknown: 'unknown' } as const;

function isSameSlo(a: SloRecord, b: SloRecord): boolean {
  const asked = ({ what, where, unit, objective }: SloRecord): string =>
    [what, where, objectiveWords(objective, unit)].join('; ');
  return asked(a) === asked(b);
}

function compareFigures(base: readonly Run[], run: readonly Run[], terms: Terms): readonly ComparedRow[] {
  const figures = ({ figures = [] }: Run): readonly FigureRecord[] => figures;
  return namesOf([...base, ...run], figures).map((name): ComparedRow => {
    const [before, now] = [recordsOf(base, figures, name), recordsOf(run, figures, name)];
    const first = [...before, ...now].find((record) => record !== undefined);
    const better = first === undefined ? undefined : betterOf(first, [...base, ...run]);
    return {
      kind: 'figure',
      name,
      base: valueWords(before),
      run: valueWords(now),
      ...judgeFigure(before.map(valueOf), now.map(valueOf), better, terms),
    };
  });
}

/** As an SLO on the same indicator has it, or else as the unit tells: of a share nobody knows. */
function betterOf({ indicator, unit }: FigureRecord, runs: readonly Run[]): 'less' | 'more' | undefined {
  const slo = runs.flatMap(({ slos = [] }) => slos).find((known) => known.indicator === indicator);
  if (slo !== undefined) return slo.objective.atMost === undefined ? 'more' : 'less';
  return BETTER[unit];
}

const BETTER: Readonly<Record<Unit, 'less' | 'more' | undefined>> = {
  ms: 'less',
  s: 'less',
  count: 'less',
  'ids/s': 'more',
  ratio: undefined,
};

type Named = Pick<FigureRecord, 'name' | 'value' | 'unit'>;

function namesOf(runs: readonly Run[], of: (run: Run) => readonly Named[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => of(run).map(({ name }) => name)))];
}

/** One a run; undefined where it has none of this name. */
function recordsOf<Row extends Named>(
  runs: readonly Run[],
  of: (run: Run) => readonly Row[],
  name: string,
): readonly (Row | undefined)[] {
  return runs.map((run) => of(run).find((record) => record.name === name));
}

const valueOf = (record: Named | undefined): number | undefined => record?.value;

/** `12.4 ms`, or `median 12.4 ms (11.9 ms to 13.1 ms, 5 runs)`. */
function valueWords(records: readonly (Named | undefined)[]): string {
  const known = records.flatMap((record) => (record?.value === undefined ? [] : [record.value]));
  const unit = records.find((record) => record !== undefined)?.unit;
  const middle = median(known);
  if (middle === undefined || unit === undefined) return 'no value';
  if (known.length === 1) return amount(middle, unit);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return `median ${amount(middle, unit)} (${amount(low, unit)} to ${amount(high, unit)}, ${known.length} runs)`;
}

/**
 * Whether the sides took turns, by the time of their starts: as often as it takes for neither to stand for one time of
 * day. Strictly in turns, five and five change sides nine times; one side after the other, once.
 */
function inTurns(base: readonly Run[], run: readonly Run[]): boolean {
  const started = [...base.map((of) => ({ of, side: 'base' })), ...run.map((of) => ({ of, side: 'run' }))]
    .map(({ of, side }) => ({ side, at: Date.parse(of.measured.startedAt) }))
    .sort((a, b) => a.at - b.at);
  const changes = started.filter(({ side }, i) => i > 0 && side !== started[i - 1]?.side).length;
  return changes >= Math.min(base.length, run.length) - 1 && changes > 1;
}

function methodOf(base: readonly Run[], run: readonly Run[], { tolerance, interleaved }: Terms): string {
  const repeated = interleaved && Math.min(base.length, run.length) >= REPETITIONS_MIN;
  const stated = tolerance === undefined ? '' : `a difference of ${tolerance * 100} % of BASE counts as none`;
  if (repeated)
    return `Figures by Mann and Whitney's exact test on ${base.length} and ${run.length} repetitions in turns, each with ${CONFIDENCE * 100} % confidence${stated && `; ${stated}`}.`;
  return tolerance === undefined
    ? 'Figures cannot be judged: that takes repetitions in turns, five a side or more, or a stated tolerance.'
    : `Figures by the stated tolerance alone: ${stated}.`;
}

function sideOf(runs: readonly Run[]): Side {
  return {
    generator: generatorLabel((runs[0] as Run).generator),
    runs: runs.map(({ measured }) => measured.runId),
  };
}

function overall(rows: readonly Judged[]): Change {
  const order: readonly Change[] = ['worse', 'cannot tell', 'better'];
  return order.find((change) => rows.some((row) => row.change === change)) ?? 'same';
}

function exitOf(rows: readonly ComparedRow[]): ExitCode {
  const worse = rows.filter(({ change }) => change === 'worse');
  if (worse.some(({ kind }) => kind === 'guarantee')) return EXIT.guaranteeBroken;
  if (worse.length > 0) return EXIT.sloMissed;
  return rows.some(({ change }) => change === 'cannot tell') ? EXIT.unknown : EXIT.pass;
}
