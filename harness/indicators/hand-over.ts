/**
 * How long a leased worker ID lay idle beyond what its lease makes necessary: from the end of the lease that its old holder
 * left, counted from the last accepted keep-alive or, where the coordinator's leader may have changed since, which gives
 * leases their whole TTL anew, from that change; or from when its heir began to wait for one. To the heir's first ID. The
 * longest. Worker IDs that were given up by hand have no lease to wait for, and do not count. One that nobody has taken
 * although a node waits for one is no sample: how long it takes is not known, and only a miss can be told.
 */
import type { Tenure } from '../core/tenure.ts';
import type { Indicator, IndicatorFacts, Reach, Span } from '../core/indicator.ts';
import type { JournalEntry } from '../core/journal.ts';
import { leaseFinder } from '../core/lease-ends.ts';
import { z } from '../core/schema.ts';
import { inSuccession } from '../core/tenures.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';
import { isWithin } from './shared/counting.ts';

const options = z.strictObject({});

export default {
  name: 'hand-over',
  summary: 'seconds beyond the TTL until a leased worker ID that was lost mints under its heir: the longest',
  unit: 's',
  better: 'less',
  afterDisturbances: true,
  options,
  example: {},
  what: () => 'hand-over of a leased worker ID, beyond its TTL, the longest',

  measure({ tenures, leases, journal, reaches }, spans) {
    const factOf = leaseFinder(leases);
    let [samples, longest] = [0, 0];
    for (const [elder, heir] of handOvers(tenures)) {
      const fact = factOf(elder);
      if (fact === undefined || fact.givenUpNs !== undefined || !isWithin(spans, heir.from)) continue;
      const since = Math.max(fact.lastSentNs, leaderChangeBefore(reaches, heir.from)) + msToNs(fact.ttlMs);
      samples++;
      longest = Math.max(longest, heir.from - Math.max(since, waitingSince(journal, heir)));
    }
    if (samples === 0) return { samples };
    const value = longest / NS_PER_S;
    const idle = idleAtEnd({ tenures, leases, journal, reaches }, spans);
    if (idle.length === 0) return { value, samples };
    const detail = `Nobody had taken worker ID ${idle.join(', ')} when the load ended, and a node waited for one.`;
    return { value, unfinished: true, samples, detail };
  },
} satisfies Indicator<z.output<typeof options>>;

/** Worker IDs whose last lease was over before the end of the spans, while a node said that it waits. */
function idleAtEnd(
  { tenures, leases, journal, reaches }: Pick<IndicatorFacts, 'tenures' | 'leases' | 'journal' | 'reaches'>,
  spans: readonly Span[],
): readonly number[] {
  const end = spans.reduce((last, { to }) => Math.max(last, to), 0);
  const said = new Map<string, boolean>();
  for (const entry of journal)
    if (entry.kind === 'health' && entry.at < end) said.set(entry.node, entry.health.status === 'waiting');
  if (![...said.values()].includes(true)) return [];
  const factOf = leaseFinder(leases);
  return [...Map.groupBy(tenures, ({ workerId }) => workerId)].flatMap(([workerId, holders]) => {
    const last = inSuccession(holders).at(-1)!;
    const fact = factOf(last);
    if (fact === undefined || fact.givenUpNs !== undefined || last.to >= end) return [];
    const over = Math.max(fact.lastSentNs, leaderChangeBefore(reaches, end)) + msToNs(fact.ttlMs);
    return over < end ? [workerId] : [];
  });
}

/** Pairs of holders of one worker ID, one after the other; a life that takes its own key up again is none. */
function handOvers(tenures: IndicatorFacts['tenures']): readonly (readonly [elder: Tenure, heir: Tenure])[] {
  return [...Map.groupBy(tenures, ({ workerId }) => workerId).values()].flatMap((holders) => {
    const inOrder = inSuccession(holders);
    return inOrder.flatMap((heir, index) => {
      const elder = inOrder[index - 1];
      const isOwn = elder?.node === heir.node && elder.incarnation === heir.incarnation;
      return elder === undefined || isOwn ? [] : [[elder, heir] as const];
    });
  });
}

/** The latest at which the leader may have changed: while a disturbance of the coordinator was in force. */
function leaderChangeBefore(reaches: readonly Reach[], at: RunNs): RunNs {
  return reaches
    .filter(({ ofCoordinator, from }) => ofCoordinator && from < at)
    .reduce((latest, { healed = at }) => Math.max(latest, Math.min(at, healed)), 0);
}

/** Since when the heir's life had said that it waits, until it took the worker ID; when it first minted, where it never did. */
function waitingSince(journal: readonly JournalEntry[], { node, incarnation, createRevision, from }: Tenure): RunNs {
  let since: RunNs | undefined;
  for (const entry of journal) {
    if (entry.at >= from) break;
    if (entry.kind !== 'health' || entry.node !== node) continue;
    const { health } = entry;
    if (health.incarnation === incarnation && health.status === 'waiting') since ??= entry.at;
    // It may hold its worker ID for a while before it may mint.
    else if (health.incarnation !== incarnation || health.createRevision !== createRevision) since = undefined;
  }
  return since ?? from;
}
