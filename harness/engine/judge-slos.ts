/** Judges SLOs and measures figures. Pure. */
import { sloScope } from '../core/doubts-of.ts';
import type { Indicator, IndicatorFacts, Measurement, Span } from '../core/indicator.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Phase } from '../core/phase.ts';
import { counted, disturbanceLabel } from '../core/phrases.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import type { Scenario } from '../core/scenario.ts';
import type { Slo, SloRecord } from '../core/slo.ts';
import { figureText, objectiveText, whereText } from '../core/slo-words.ts';
import type { UnknownReason, Verdict } from '../core/verdict.ts';
import { mergedSpans } from './node-times.ts';
import { phaseBegin } from './phase-begin.ts';

export type Indicators = ReadonlyMap<string, Indicator>;

export interface SloInput {
  readonly slos: readonly Slo[];
  readonly indicators: Indicators;
  readonly facts: IndicatorFacts;
  readonly disturbances: readonly DisturbanceRecord[];
  readonly virtualTime: boolean;
}

export interface SloJudgement {
  readonly records: readonly SloRecord[];
  /** One for each SLO that could not be judged. */
  readonly unknowns: readonly UnknownReason[];
  /** SLOs that have no meaning in such a run and are left out, in words. */
  readonly leftOut: readonly string[];
}

/** The name of an SLO: its own, or that of its indicator. */
export const sloName = ({ name, indicator }: Slo): string => name ?? indicator;

export function judgeSlos({ slos, indicators, facts, disturbances, virtualTime }: SloInput): SloJudgement {
  const known = slos.map((slo) => ({ slo, indicator: indicatorOf(slo, indicators) }));
  const isVirtual = ({ indicator }: (typeof known)[number]): boolean => virtualTime && indicator.needsRealTime === true;
  const isCalm = ({ slo, indicator }: (typeof known)[number]): boolean =>
    isUndisturbed(facts.scenario) && speaksOfDisturbances(slo, indicator);
  const judged = known.filter((one) => !isVirtual(one) && !isCalm(one));
  const records = judged.map(({ slo, indicator }) => judgeOne(slo, indicator, facts, disturbances));
  return {
    records,
    unknowns: records
      .filter(({ verdict }) => verdict === 'unknown')
      .map(({ name, detail = '' }) => ({
        reason: 'too few samples',
        scope: sloScope(name),
        detail: `The SLO ${name} could not be judged. ${detail}`,
      })),
    leftOut: [
      ...leftOut(known.filter(isVirtual), 'its time and its load are not real'),
      ...leftOut(
        known.filter((one) => isCalm(one) && !isVirtual(one)),
        'nothing was to be disturbed',
      ),
    ],
  };
}

/** The remark of a run that did not judge all that it was asked for. */
function leftOut(those: readonly { readonly slo: Slo }[], why: string): readonly string[] {
  if (those.length === 0) return [];
  const names = those.map(({ slo }) => sloName(slo)).join(', ');
  return [
    `${counted(those.length, 'SLO')} (${names}) ${those.length === 1 ? 'is' : 'are'} not judged in this run: ${why}.`,
  ];
}

/** As a scenario whose disturbances were taken out. */
export function isUndisturbed({ timetable }: Pick<Scenario, 'timetable'>): boolean {
  return timetable.slots.length === 0;
}

export function speaksOfDisturbances({ during }: Slo, { afterDisturbances }: Indicator): boolean {
  return afterDisturbances === true || during === 'disturb' || typeof during === 'object';
}

export function indicatorOf({ indicator: name }: Slo, indicators: Indicators): Indicator {
  const indicator = indicators.get(name);
  if (indicator === undefined) throw new Error(`preflight let the unknown indicator ${name} pass`);
  return indicator;
}

function judgeOne(
  slo: Slo,
  indicator: Indicator,
  facts: IndicatorFacts,
  disturbances: readonly DisturbanceRecord[],
): SloRecord {
  const { objective, during, minSamples, because } = slo;
  const options = indicator.options.parse(slo.options);
  const spans = spansOf(during, facts, disturbances);
  const measured: Measurement = 'missing' in spans ? { samples: 0 } : indicator.measure(facts, spans, options);
  const { value, samples } = measured;
  const { verdict, detail } =
    'missing' in spans ? unknown(spans.missing) : tried(judged(measured, slo, indicator), during, disturbances);
  return {
    name: sloName(slo),
    indicator: indicator.name,
    what: indicator.what(options),
    unit: indicator.unit,
    options,
    objective,
    where: whereText(during),
    verdict,
    ...(value !== undefined && { value }),
    samples,
    minSamples,
    ...(because !== undefined && { because }),
    ...(detail !== undefined && { detail }),
  };
}

interface Judged {
  readonly verdict: Verdict;
  readonly detail?: string | undefined;
}

const unknown = (detail: string): Judged => ({ verdict: 'unknown', detail });

function judged(
  { value, atBest, unfinished, samples, detail }: Measurement,
  { objective, minSamples }: Slo,
  { unit }: Indicator,
): Judged {
  if (value === undefined || samples < minSamples) {
    const few = `There ${samples === 1 ? 'was' : 'were'} ${counted(samples, 'sample')}, and ${counted(minSamples, 'is', 'are')} the least that it can be judged by.`;
    return unknown(detail === undefined ? few : `${few} ${detail}`);
  }
  if (isMet(value, objective))
    return unfinished === true
      ? unknown(`What it measures was not over when the load ended, and may have become worse. ${detail ?? ''}`.trim())
      : { verdict: 'pass', detail };
  if (atBest !== undefined && isMet(atBest, objective))
    return unknown(
      `What the harness left undone decides it: ${figureText(unit, value)} with that, ${figureText(unit, atBest)} without. ${detail ?? ''}`.trim(),
    );
  return { verdict: 'fail', detail };
}

/** What was never in force tried nothing: an SLO that is met in its time is not earned. A miss stays one. */
function tried(judgement: Judged, during: Slo['during'], disturbances: readonly DisturbanceRecord[]): Judged {
  if (judgement.verdict !== 'pass' || typeof during !== 'object') return judgement;
  const idle = disturbances.find(({ name, bit }) => name === during.disturbance && !bit);
  return idle === undefined
    ? judgement
    : unknown(`It was met where ${disturbanceLabel(idle)} did not bite: ${idle.missed ?? 'no evidence'}.`);
}

function isMet(value: number, { atMost = Infinity, atLeast = -Infinity }: Slo['objective']): boolean {
  return value <= atMost && value >= atLeast;
}

/** Where each part of the run begins, and what ends it. */
const PARTS = {
  whole: ['warm-up', 'drain'],
  'warm-up': ['warm-up', 'disturb'],
  disturb: ['disturb', 'recover'],
  recover: ['recover', 'drain'],
} as const satisfies { readonly [part: string]: readonly [Phase, Phase] };

type Part = keyof typeof PARTS;

/** The spans that count, or why they never came: what a run that was cut short shows of a part is no word on the whole. */
export function spansOf(
  during: Slo['during'],
  { journal, scenario }: Pick<IndicatorFacts, 'journal' | 'scenario'>,
  disturbances: readonly DisturbanceRecord[],
): readonly Span[] | { readonly missing: string } {
  if (typeof during === 'object') return spansOfDisturbance(during.disturbance, scenario, disturbances);
  const span = partOf(during, journal);
  return span === undefined ? { missing: `The run did not come to the end of it: ${whereText(during)}.` } : [span];
}

/** Undefined: the run never came to its end. */
export function partOf(part: Part, journal: readonly JournalEntry[]): Span | undefined {
  const [begin, end] = PARTS[part];
  const [from, to] = [phaseBegin(journal, begin), phaseBegin(journal, end)];
  return from === undefined || to === undefined ? undefined : { from, to };
}

function spansOfDisturbance(
  name: string,
  { timetable }: Scenario,
  disturbances: readonly DisturbanceRecord[],
): readonly Span[] | { readonly missing: string } {
  const planned = timetable.slots
    .flatMap((slot) => slot.disturbances)
    .filter((disturbance) => (disturbance.name ?? disturbance.fault) === name).length;
  const spans = disturbances
    .filter((record) => record.name === name)
    .flatMap(({ injected, healed }) =>
      injected === undefined || healed === undefined ? [] : [{ from: injected, to: healed }],
    );
  return spans.length === planned && planned > 0
    ? mergedSpans(spans)
    : { missing: `Of ${counted(planned, 'disturbance')} of the name ${name}, ${spans.length} began and ended.` };
}

/** Each SLO that was missed, as a sentence. */
export function missedSlos(records: readonly SloRecord[]): readonly string[] {
  return records
    .filter(({ verdict }) => verdict === 'fail')
    .map(
      ({ name, what, where, unit, value = NaN, objective, samples }) =>
        `The SLO ${name} is missed: ${figureText(unit, value)}, and ${objectiveText(unit, objective)} was asked (${what}; ${where}; ${counted(samples, 'sample')}).`,
    );
}

/** For a pass; nothing where no SLO was judged. */
export function metSlos(records: readonly SloRecord[]): readonly string[] {
  const met = records.filter(({ verdict }) => verdict === 'pass').length;
  return met === 0 ? [] : [`${counted(met, 'SLO')} met.`];
}
