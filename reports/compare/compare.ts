/**
 * Compares two runs, or two sets of repetitions of one run: each guarantee, SLO and figure is better, worse, the same, or
 * nobody can tell. Pure. It tells of the change only: what is broken on both sides is the same.
 */
import { median } from 'd3-array';
import type { ExitCode } from '../../harness/core/errors.ts';
import { EXIT } from '../../harness/core/errors.ts';
import { counted, generatorLabel } from '../../harness/core/phrases.ts';
import type { Run } from '../../harness/core/run.ts';
import type { FigureRecord, SloRecord } from '../../harness/core/slo.ts';
import { whereText } from '../../harness/core/slo-words.ts';
import { gravest } from '../../harness/core/verdict.ts';
import { amount, objectiveWords } from '../shared/words.ts';
import type { Better, Change, Judged, Terms } from './figures.ts';
import { judgeFigure, percent } from './figures.ts';
import { compareGuarantees } from './guarantees.ts';
import { CONFIDENCE, REPETITIONS_MIN } from './shift.ts';
import type { Trials } from './trials.ts';
import { doubtAbout, trialsOf } from './trials.ts';

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

/** Which way each indicator is better, by its name. */
export type Directions = ReadonlyMap<string, Better>;

/** `base` and `run`: one run or more each, comparable (`incomparable`). `tolerance`: a share, 0.1 for 10 %. */
export function compare(
  base: readonly Run[],
  run: readonly Run[],
  directions: Directions,
  tolerance?: number,
): Comparison {
  const trials = trialsOf(base, run);
  const terms: Terms = tolerance === undefined ? {} : { tolerance };
  const rows = [
    ...compareGuarantees(base, run, trials).map(({ base: before, run: now, ...row }): ComparedRow => ({
      kind: 'guarantee',
      ...row,
      base: before.words,
      run: now.words,
    })),
    ...compareSlos(trials, terms),
    ...compareFigures(trials, directions, terms),
  ];
  const first = run[0] as Run;
  return {
    change: overall(rows),
    exitCode: exitOf(rows),
    scenario: first.scenario.name,
    driver: first.driver,
    base: sideOf(base),
    run: sideOf(run),
    method: methodOf(trials, terms, rows.filter(({ kind }) => kind !== 'guarantee').length),
    rows,
  };
}

function compareSlos(trials: Trials, terms: Terms): readonly ComparedRow[] {
  const { base, run } = trials;
  const slos = ({ slos = [] }: Run): readonly SloRecord[] => slos;
  return namesOf([...base, ...run], slos).map((name): ComparedRow => {
    const [before, now] = [recordsOf(base, slos, name), recordsOf(run, slos, name)];
    const words = (records: readonly (SloRecord | undefined)[]): string =>
      `${valueWords(records)}, ${MET[gravest(records.map((record) => record?.verdict ?? 'unknown'))]}`;
    const row = { kind: 'slo', name, base: words(before), run: words(now) } as const;
    const [first, ...others] = [...before, ...now];
    if (first === undefined || others.some((record) => record === undefined || !isSameSlo(record, first)))
      return { ...row, change: 'cannot tell', why: 'It is not the same SLO in every run.' };
    const unjudged = [...before, ...now].filter((record) => record?.verdict === 'unknown').length;
    if (unjudged > 0)
      return { ...row, change: 'cannot tell', why: `In ${counted(unjudged, 'run')} it could not be judged.` };
    // An objective of the other kind than its indicator is better by was refused before the run.
    const better = first.objective.atMost === undefined ? 'more' : 'less';
    return { ...row, ...judged(trials, before, now, better, terms) };
  });
}

const MET = { pass: 'met', fail: 'missed', unknown: 'unknown' } as const;

function isSameSlo(a: SloRecord, b: SloRecord): boolean {
  const asked = ({ indicator, what, where, unit, objective }: SloRecord): string =>
    [indicator, what, where, objectiveWords(objective, unit)].join('; ');
  return asked(a) === asked(b);
}

/** Of the whole run: those of its parts bear the same names, and many of them a target that the seed draws. */
function compareFigures(trials: Trials, directions: Directions, terms: Terms): readonly ComparedRow[] {
  const { base, run } = trials;
  const figures = ({ figures = [] }: Run): readonly FigureRecord[] => figures.filter(({ where }) => where === WHOLE);
  return namesOf([...base, ...run], figures).map((name): ComparedRow => {
    const [before, now] = [recordsOf(base, figures, name), recordsOf(run, figures, name)];
    const row = { kind: 'figure', name, base: valueWords(before), run: valueWords(now) } as const;
    const [first, ...others] = [...before, ...now].filter((record) => record !== undefined);
    if (others.some(({ what, unit }) => what !== first?.what || unit !== first.unit))
      return { ...row, change: 'cannot tell', why: 'It was not measured in the same way in every run.' };
    const better = first === undefined ? undefined : directions.get(first.indicator);
    return { ...row, ...judged(trials, before, now, better, terms) };
  });
}

const WHOLE = whereText('whole');

/** What a run shows in figures that was to be disturbed and was not is no figure of what was asked. */
function judged(
  trials: Trials,
  before: readonly (Named | undefined)[],
  now: readonly (Named | undefined)[],
  better: Better,
  terms: Terms,
): Judged {
  const doubts = [...trials.base, ...trials.run].map(doubtAbout).filter((doubt) => doubt !== undefined);
  if (doubts.length > 0)
    return {
      change: 'cannot tell',
      why: `Of ${counted(doubts.length, 'run')} nothing is proved (${[...new Set(doubts)].join('; ')}): figures neither.`,
    };
  return judgeFigure(before.map(valueOf), now.map(valueOf), better, { ...trials, ...terms });
}

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

function methodOf(trials: Trials, { tolerance }: Terms, figures: number): string {
  const { base, run, interleaved, confounded } = trials;
  const repeated = interleaved && Math.min(base.length, run.length) >= REPETITIONS_MIN;
  const stated = tolerance === undefined ? '' : `a difference of ${percent(tolerance)} of BASE counts as none`;
  if (confounded !== undefined) return `Figures cannot be judged: ${confounded}.`;
  if (repeated)
    return `Figures by Mann and Whitney's exact test on ${base.length} and ${run.length} repetitions${base.every(({ driver }) => driver === 'sim') ? '' : ' in turns'}, each with ${percent(CONFIDENCE)} confidence: of ${counted(figures, 'figure')} that are the same ${Number((figures * (1 - CONFIDENCE)).toPrecision(2))} come out as different by chance${stated && `; ${stated}`}.`;
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
  // Where nothing was compared nobody can tell.
  if (rows.length === 0) return 'cannot tell';
  const order: readonly Change[] = ['worse', 'cannot tell', 'better'];
  return order.find((change) => rows.some((row) => row.change === change)) ?? 'same';
}

function exitOf(rows: readonly ComparedRow[]): ExitCode {
  const worse = rows.filter(({ change }) => change === 'worse');
  if (worse.some(({ kind }) => kind === 'guarantee')) return EXIT.guaranteeBroken;
  if (worse.length > 0) return EXIT.sloMissed;
  return overall(rows) === 'cannot tell' ? EXIT.unknown : EXIT.pass;
}
