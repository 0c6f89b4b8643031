/** Figures that every run measures, whatever its SLOs: they have no bound, and nobody is judged by them. Pure. */
import { recordsAt } from '../core/columns.ts';
import type { RequestColumns } from '../core/history.ts';
import type { IndicatorFacts, Span } from '../core/indicator.ts';
import type { JsonObject } from '../core/json.ts';
import { disturbanceLabel } from '../core/phrases.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import type { FigureRecord } from '../core/slo.ts';
import { whereText } from '../core/slo-words.ts';
import { NS_PER_S } from '../core/time.ts';
import { disturbing } from '../core/disturbing.ts';
import type { Indicators } from './judge-slos.ts';
import { partOf } from './judge-slos.ts';
import type { FactsInput } from './slo-facts.ts';
import { indicatorFacts } from './slo-facts.ts';

interface Figure {
  readonly name: string;
  readonly indicator: string;
  readonly options: JsonObject;
}

const LATENCIES: readonly Figure[] = [50, 95, 99, 99.9].map((percentile) => ({
  name: `latency-p${percentile}`,
  indicator: 'latency',
  options: { percentile, nodes: 'all' },
}));
const DRIFT: Figure = { name: 'drift', indicator: 'drift', options: { nodes: 'all' } };
const REFUSAL: Figure = { name: 'refusal', indicator: 'refusal', options: {} };
/** How the harness kept up. */
const PACE: readonly Figure[] = ['collector-lag', 'live-lag', 'harness-share'].map((name) => ({
  name,
  indicator: name,
  options: {},
}));
const RECOVERY: Figure = { name: 'time-to-first-id', indicator: 'time-to-first-id', options: {} };

export interface FiguresInput {
  readonly indicators: Indicators;
  readonly facts: IndicatorFacts;
  /** What the facts were made of. */
  readonly from: FactsInput;
}

/** Those that could be measured; of virtual time none that needs a real one. */
export function figuresOf({ indicators, facts, from }: FiguresInput): readonly FigureRecord[] {
  const { journal, disturbances, virtualTime } = from;
  const measured = (figures: readonly Figure[], of: IndicatorFacts, span: Span | undefined, where: string) =>
    figures.flatMap(({ name, indicator: of_, options }): readonly FigureRecord[] => {
      const indicator = indicators.get(of_);
      if (indicator === undefined || span === undefined || (virtualTime && indicator.needsRealTime === true)) return [];
      const parsed = indicator.options.parse(options);
      const { value: judged, atBest, samples, detail } = indicator.measure(of, [span], parsed);
      // What was measured: what an SLO makes of requests that were never sent is a bound, and no measurement.
      const value = atBest ?? judged;
      if (value === undefined) return [];
      const { unit } = indicator;
      const more = detail === undefined || atBest !== undefined ? {} : { detail };
      return [{ name, indicator: of_, what: indicator.what(parsed), unit, where, value, samples, ...more }];
    });
  /** A latency takes a pass over the requests that it is given: those of its span are far fewer than all. */
  const latencies = (span: Span | undefined, where: string) =>
    measured(
      LATENCIES,
      span === undefined ? facts : { ...facts, requests: sentWithin(facts.requests, span) },
      span,
      where,
    );
  const part = (name: 'whole' | 'warm-up' | 'disturb' | 'recover', figures: readonly Figure[]) =>
    measured(figures, facts, partOf(name, journal), whereText(name));
  return [
    ...part('whole', [...LATENCIES, DRIFT, REFUSAL, RECOVERY, ...PACE]),
    ...(['warm-up', 'disturb', 'recover'] as const).flatMap((name) =>
      latencies(partOf(name, journal), whereText(name)),
    ),
    ...disturbing(disturbances).flatMap((record) => {
      const { injected, healed } = record;
      if (injected === undefined || healed === undefined) return [];
      const where = `while ${disturbanceLabel(record)} was in force`;
      return [...latencies({ from: injected, to: healed }, where), ...ofReach(record)];
    }),
  ];

  /** Of its own reach alone, to the end of its grace; what another disturbance does in that time is in it as well. */
  function ofReach(record: DisturbanceRecord): readonly FigureRecord[] {
    const all = facts.reaches.find(({ key }) => key === record.key);
    const span = all && { from: all.from, to: all.to };
    const own = indicatorFacts({
      ...from,
      disturbances: [record],
      requests: span && sentWithin(from.requests, { from: span.from - NS_PER_S, to: span.to + NS_PER_S }),
    });
    const where = `in the reach of ${disturbanceLabel(record)}`;
    const recovery = { from: record.injected ?? 0, to: record.healed ?? 0 };
    return [
      ...measured([REFUSAL], own, span, where),
      ...measured([RECOVERY], facts, recovery, `after ${disturbanceLabel(record)}`),
    ];
  }
}

function sentWithin<Requests extends RequestColumns>(
  requests: Requests | undefined,
  { from, to }: Span,
): Requests | undefined {
  if (requests === undefined) return undefined;
  const { length, sent } = requests;
  const rows = new Uint32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) if (sent[row]! >= from && sent[row]! < to) rows[count++] = row;
  return recordsAt(requests, rows.subarray(0, count));
}
