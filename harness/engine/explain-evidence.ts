/**
 * What is known of a run beside its IDs, in the form in which explanations ask for it.
 */
import type { Sighting } from '../core/finding.ts';
import type { Tenure } from '../core/tenure.ts';
import type { CarriedWorkers } from '../core/carried-workers.ts';
import { ordersIn } from '../core/clock-orders.ts';
import { type ClockSpan, clockWindows } from '../core/clock-window.ts';
import { disturbing } from '../core/disturbing.ts';
import { HELD_NONE } from '../core/held.ts';
import type { LeaseFact } from '../core/history.ts';
import { endOfLease, leaseFinder } from '../core/lease-ends.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Layout } from '../core/layout.ts';
import type { Rollback } from '../core/rollback.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { type EvidenceScope, seesClocks } from '../core/scope.ts';
import { inSuccession } from '../core/tenures.ts';
import { msToNs, type Origin, type RunNs } from '../core/time.ts';

export interface ExplainEvidence {
  readonly layout: Layout;
  /** Left out: each ID as it was minted. */
  readonly scope?: EvidenceScope | undefined;
  /** Left out: nobody asked. */
  readonly carried?: CarriedWorkers | undefined;
  readonly journal: readonly JournalEntry[];
  readonly tenures: readonly Tenure[];
  readonly leases: readonly LeaseFact[];
  readonly disturbances: readonly DisturbanceRecord[];
}

/** Beyond this an observed offset is no longer told as the offset of a moment. */
const OFFSET_AGE_MS = 2000;

/** The evidence, indexed. */
export interface EvidenceView {
  readonly layout: Layout;
  /** What one life mints in several lanes, several threads of it minted; else lanes are but requests side by side. */
  readonly lanesAreThreads: boolean;
  /** Whether nobody said which worker ID it was minted under, so that only the ID itself tells. */
  isUntold(sighting: Sighting): boolean;
  /** The one worker ID that all IDs of a node carry in the whole run; undefined: several, or nobody asked. */
  carriedBy(node: string): number | undefined;
  /** Whether nobody leases anything here: the run has no coordinator, and started the nodes itself. */
  readonly nothingIsLeased: boolean;
  /** Whether the clocks that were read are those of the nodes. */
  readonly seesClocks: boolean;
  readonly origin: Origin | undefined;
  readonly disturbances: readonly DisturbanceRecord[];
  readonly rollbacks: readonly Rollback[];
  /** The tenure in which the batch of a sighting was minted. */
  tenureOf(sighting: Sighting): Tenure | undefined;
  leaseOf(tenure: Tenure): LeaseFact | undefined;
  /** What the node's clock may have shown during the call. */
  shownIn(sighting: Sighting): readonly ClockSpan[];
  /** The node's clock minus true time in milliseconds, last observed shortly before a moment. */
  offsetAt(node: string, at: RunNs): number | undefined;
  /** The greatest reading of a node's wall clock that was observed within a span. */
  greatestWallMs(node: string, from: RunNs, to: RunNs): number | undefined;
  /** Offsets of a node's clock from true time, in milliseconds, observed in this life of it before the call. */
  offsetsBefore(sighting: Sighting): readonly number[];
  /** Of all nodes, in the whole run. */
  allOffsets(): readonly number[];
  /** Worker IDs under which this life of the node minted before. */
  heldBefore(sighting: Sighting): readonly number[];
  /** Whether the process of a node stood still at some time within a span. */
  pausedWithin(node: string, from: RunNs, to: RunNs): boolean;
  /** Disturbances in force at a moment; one that was never healed lasts. */
  disturbedAt(at: RunNs): readonly DisturbanceRecord[];
}

export function viewOf(evidence: ExplainEvidence): EvidenceView {
  const { layout, scope, carried, journal, disturbances } = evidence;
  const tenures = new Map(evidence.tenures.map((tenure) => [tenureKey(tenure), tenure]));
  const leaseOf = leaseFinder(evidence.leases);
  const healthOf = Map.groupBy(
    journal.filter((entry) => entry.kind === 'health'),
    ({ node }) => node,
  );
  const within = (node: string, from: RunNs, to: RunNs) =>
    (healthOf.get(node) ?? []).filter(({ at }) => from <= at && at <= to);
  const begin = journal.find((entry) => entry.kind === 'origin');
  const origin = begin?.origin;
  const windowOf = clockWindows(origin && { unixMs: origin.unixMs, orders: ordersIn(journal) });
  return {
    layout,
    lanesAreThreads: scope === undefined || scope.gathered === 'minted',
    isUntold: ({ workerId }) => scope?.untoldHolders === true && workerId === HELD_NONE,
    carriedBy: (node) => carried?.get(node),
    nothingIsLeased: begin !== undefined && begin.coordinator === undefined && seesClocks(scope),
    seesClocks: seesClocks(scope),
    origin,
    disturbances,
    rollbacks: journal.flatMap((entry) => (entry.kind === 'rollback' ? [entry.rollback] : [])),
    tenureOf: (sighting) => tenures.get(tenureKey(sighting)),
    leaseOf,
    shownIn: (sighting) => windowOf(sighting.node, sighting).spans,
    offsetAt: (node, at) => within(node, at - msToNs(OFFSET_AGE_MS), at).at(-1)?.offsetMs,
    greatestWallMs: (node, from, to) =>
      within(node, from, to).reduce<number | undefined>(
        (greatest, { health }) => Math.max(greatest ?? -Infinity, health.wallMs),
        undefined,
      ),
    offsetsBefore: ({ node, incarnation, called }) =>
      within(node, 0, called).flatMap(({ health, offsetMs }) => (health.incarnation === incarnation ? [offsetMs] : [])),
    allOffsets: () => [...healthOf.values()].flatMap((entries) => entries.map(({ offsetMs }) => offsetMs)),
    heldBefore: ({ node, called }) =>
      evidence.tenures.flatMap((tenure) => (tenure.node === node && tenure.from <= called ? [tenure.workerId] : [])),
    pausedWithin: (node, from, to) => pauses(journal, node).some((pause) => pause.from <= to && from <= pause.to),
    disturbedAt: (at) => disturbing(disturbances).filter((disturbance) => inForce(disturbance, at, at)),
  };
}

/** Whether a disturbance was in force at some time within a span. */
export function inForce({ injected, healed }: DisturbanceRecord, from: RunNs, to: RunNs): boolean {
  return injected !== undefined && injected <= to && from <= (healed ?? Infinity);
}

/** When a lease ended at the latest; undefined while it lives. */
export function endOf(fact: LeaseFact): RunNs | undefined {
  return endOfLease(fact)?.latest;
}

/** When the coordinator ended it by its own doing, before its word was over; undefined where it did not. */
export function endedEarlyAt(fact: LeaseFact): RunNs | undefined {
  const end = endOfLease(fact);
  return end?.by === 'coordinator' ? end.early : undefined;
}

/** The two as the coordinator, or else time, put them. */
export function elderFirst(a: Tenure, b: Tenure): readonly [elder: Tenure, younger: Tenure] {
  return inSuccession([a, b]) as [Tenure, Tenure];
}

function tenureKey(of: Pick<Tenure, 'workerId' | 'node' | 'incarnation' | 'lease' | 'createRevision'>): string {
  return [of.workerId, of.node, of.incarnation, of.lease, of.createRevision].join(' ');
}

function pauses(journal: readonly JournalEntry[], node: string): { readonly from: RunNs; readonly to: RunNs }[] {
  const spans: { from: RunNs; to: RunNs }[] = [];
  for (const entry of journal) {
    if (entry.kind !== 'process' || entry.member !== node) continue;
    const open = spans.at(-1);
    if (entry.what === 'paused') spans.push({ from: entry.at, to: Infinity });
    else if (open !== undefined && open.to === Infinity) open.to = entry.at;
  }
  return spans;
}
