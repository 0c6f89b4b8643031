/** Facts that several parts of the page derive from the run. */
import type { Tenure } from '../../harness/core/tenure.ts';
import { coordinatorMembersOf } from '../../harness/core/coordinators.ts';
import type { Json } from '../../harness/core/json.ts';
import type { DisturbanceRecord, Run } from '../../harness/core/run.ts';
import { msToNs, NS_PER_S } from '../../harness/core/time.ts';
import type { RunNs } from '../../harness/core/time.ts';
import { overlap } from '../chart/rows.ts';
import type { Span } from '../chart/rows.ts';
import { nodeColour } from './theme.ts';

/** The probes of clocks are 200 ms apart; a reading older than this says nothing about the moment asked for. */
const OFFSET_STALE_NS = NS_PER_S;

export function colourOf(run: Run, node: string): string {
  return nodeColour(Math.max(0, run.nodes.indexOf(node)));
}

/** From first to last moment worth drawing, or undefined when the run recorded none. */
export function extentOf(run: Run): Span | undefined {
  const moments = [
    ...run.phases.filter(({ phase }) => phase !== 'judge' && phase !== 'done').flatMap(({ from, to }) => [from, to]),
    ...run.slots.map(({ from }) => from),
    ...run.tenures.flatMap(({ from, to }) => [from, to]),
    ...run.series.offsetsByNode.flatMap(({ points }) => [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0]),
    ...run.series.idsByNode.map(({ values }) => msToNs(values.length * run.series.bucketMs)),
    ...run.findings.flatMap(({ witnesses }) => witnesses.map(({ at }) => at)),
  ];
  const from = moments.reduce((least, at) => Math.min(least, at), 0);
  const to = moments.reduce((most, at) => Math.max(most, at), 0);
  return to > from ? { from, to } : undefined;
}

/** The span for which the disturbance was asked: as injected and healed, or as planned when it never came to that. */
export function askedSpan(run: Run, record: DisturbanceRecord): Span | undefined {
  const planned = plannedSpan(run, record);
  // Of one that waited for its signal nobody could have said when.
  if (record.injected === undefined) return record.signal === undefined ? planned : undefined;
  return { from: record.injected, to: record.healed ?? planned?.to ?? record.injected };
}

/** The span in which it was measured in force, or undefined. */
export function tookSpan(record: DisturbanceRecord): Span | undefined {
  return record.tookFrom === undefined ? undefined : { from: record.tookFrom, to: record.tookTo ?? record.tookFrom };
}

function plannedSpan(run: Run, record: DisturbanceRecord): Span | undefined {
  const from = run.slots.find(({ name }) => name === record.slot)?.from;
  const planned = run.scenario.timetable.slots
    .find(({ name }) => name === record.slot)
    ?.disturbances.find(({ name, fault }) => (name ?? fault) === record.name);
  if (from === undefined || planned === undefined) return undefined;
  return { from: from + msToNs(planned.atMs), to: from + msToNs(planned.atMs + planned.forMs) };
}

/** The nodes and members that a disturbance hit: named in its options, found by its measurements, or else its reach. */
export function targetsOf(run: Run, record: DisturbanceRecord): readonly string[] {
  const names = new Set([...run.nodes, ...coordinatorMembersOf(run.scenario.cluster)]);
  const named = (value: Json): string[] =>
    typeof value === 'string'
      ? names.has(value)
        ? [value]
        : []
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(named)
        : [];
  const asked = named(record.options);
  if (asked.length > 0) return [...new Set(asked)];
  const measured = record.samples.flatMap((sample) => (sample.took ? named(sample.measured) : []));
  if (measured.length > 0) return [...new Set(measured)];
  return record.reach.length === run.nodes.length ? ['all nodes'] : record.reach;
}

export interface Clash {
  readonly workerId: number;
  readonly span: Span;
  readonly holders: readonly [Tenure, Tenure];
}

/** Spans in which two lives minted under one worker ID, by their acts. */
export function clashesOf(tenures: readonly Tenure[]): readonly Clash[] {
  return tenures.flatMap((a, i) =>
    tenures.slice(i + 1).flatMap((b) => {
      const span = a.workerId === b.workerId ? overlap(a, b) : undefined;
      return span === undefined ? [] : [{ workerId: a.workerId, span, holders: [a, b] as const }];
    }),
  );
}

/** The clock offset observed nearest to a moment, in ms. */
export function offsetAt(run: Run, node: string, at: RunNs): number | undefined {
  const points = run.series.offsetsByNode.find((series) => series.node === node)?.points ?? [];
  let best: number | undefined;
  let distance = OFFSET_STALE_NS;
  for (const [moment, ms] of points) {
    if (ms === null || Math.abs(moment - at) > distance) continue;
    best = ms;
    distance = Math.abs(moment - at);
  }
  return best;
}

/** `n2`, and from its second life on `n2·2`. */
export function lifeName(node: string, incarnation: number): string {
  return incarnation > 1 ? `${node}·${incarnation}` : node;
}
