/**
 * Gathers all evidence of a run for the judge: from memory, or from taps and store.
 */
import { ordersIn } from '../core/clock-orders.ts';
import { EngineLost } from '../core/store.ts';
import type { LaneCount, Store } from '../core/store.ts';
import { messageOf } from '../core/errors.ts';
import { grouped, lifeOf } from '../core/phrases.ts';
import type { SqlFacts } from '../core/checker.ts';
import type { Promise_ } from '../core/guarantee.ts';
import type { HealthFact, History, RequestColumns } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import { withEnds } from '../core/lease-ends.ts';
import { coordinatorOfNodes } from '../core/coordinators.ts';
import type { Rollback } from '../core/rollback.ts';
import type { StoredBytes } from '../core/run.ts';
import type { Origin } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import type { Collector } from './collector.ts';
import type { LaneTotal } from './evidence.ts';
import type { Checkers } from './history-source.ts';
import { sourceFromMemory, sourceFromStore } from './history-source.ts';
import type { JudgeInput, RunHeader } from './judge.ts';
import { leaseWords } from './lease-logs.ts';
import type { LiveWatch } from './live/live-watch.ts';
import { recoverWindow } from './recover-window.ts';

export type Gathered = Pick<
  JudgeInput,
  'source' | 'minted' | 'stored' | 'batches' | 'tornBytes' | 'tapProblems' | 'doubts'
> & {
  /** What the store holds now takes this; undefined where it does not tell, or there is none. */
  readonly bytes?: readonly StoredBytes[] | undefined;
};

/** What the simulator kept. Minted and stored are one and the same memory. */
export function gatherFromMemory(
  emitted: History,
  journal: readonly JournalEntry[],
  requests: RequestColumns | undefined,
  { scenario, generator }: Pick<RunHeader, 'scenario' | 'generator'>,
  checkers: Checkers,
): Gathered {
  const recover = recoverWindow(journal, scenario);
  const history: History = {
    ...emitted,
    ...(requests !== undefined && { requests }),
    health: healthFacts(journal),
    ...clocksIn(journal),
    ...timeAhead(generator.promises),
    ...holders(generator),
    rollbacks: rollbacksIn(journal),
    ...(recover !== undefined && { recover }),
  };
  const minted = laneTotals(emitted);
  return {
    source: sourceFromMemory(history, checkers),
    minted,
    stored: minted,
    batches: emitted.batches.length,
    tornBytes: 0,
    tapProblems: [],
    doubts: [],
  };
}

export interface StoreSources {
  readonly store: Store;
  readonly collector: Collector;
  /** Whoever looked at it while it was stored; there is none where a run is judged again. */
  readonly live?: LiveWatch;
  readonly journal: readonly JournalEntry[];
  /** What clients received and the store does not have yet. */
  readonly newRequests: RequestColumns | undefined;
  readonly header: RunHeader;
  readonly checkers: Checkers;
  readonly origin: Origin;
  readonly nodes: readonly string[];
}

/** What the taps hold, drained into the store. One that is lost, or holds things twice, leaves doubts and no findings. */
export async function gatherFromStore(sources: StoreSources): Promise<Gathered> {
  const { store, collector, journal, newRequests, header, checkers, origin, nodes } = sources;
  try {
    const drained = await collector.drain();
    await sources.live?.finish();
    if (sources.live !== undefined) await store.forgetCanary();
    if (newRequests !== undefined) await store.appendRequests(newRequests);
    const { minted, stored, batches, tornBytes, problems: tapProblems, doubled } = drained;
    const evidence = { minted, stored, batches, tornBytes, tapProblems };
    if (doubled.length > 0) return { ...evidence, source: undefined, doubts: doubled.map(heldTwice) };
    const recover = recoverWindow(journal, header.scenario);
    const coordinators = coordinatorOfNodes(header.scenario.cluster);
    const { leases, deletions } = leaseWords(drained.leaseLogs, origin, coordinators);
    const owners = journal.flatMap((entry) => (entry.kind === 'owner' ? [entry.event] : []));
    const facts: SqlFacts = {
      layout: header.generator.layout,
      nodes,
      ...(coordinators !== undefined && { coordinators }),
      leases: withEnds(leases, deletions, owners),
      health: healthFacts(journal),
      ...clocksIn(journal),
      ...timeAhead(header.generator.promises),
      ...holders(header.generator),
      rollbacks: rollbacksIn(journal),
      ...(isWhole(drained) ? {} : { incomplete: true }),
      ...(recover !== undefined && { recover }),
    };
    return {
      ...evidence,
      source: sourceFromStore(store.sql, facts, checkers),
      doubts: [],
      bytes: await store.bytes(),
    };
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    return {
      source: undefined,
      minted: [],
      stored: [],
      batches: 0,
      tornBytes: 0,
      tapProblems: [],
      doubts: [
        {
          reason: 'engine lost',
          scope: 'run',
          detail: `${messageOf(error)} The taps are whole: snowglobe judge reads them again.`,
        },
      ],
    };
  }
}

/** A position that is held twice looks like an ID that was minted twice: nothing of such a store is judged. */
function heldTwice({ ids, inBatches, positions, ...lane }: LaneCount): UnknownReason {
  const held = ids > inBatches ? ids : inBatches;
  return {
    reason: 'evidence not whole',
    scope: lane.node,
    detail: `The store holds ${grouped(held)} IDs of ${lifeOf(lane)}, lane ${lane.lane}, at ${grouped(positions)} positions: some of them twice, by no doing of the generator, so that nothing is judged by it. Delete the store in the run's folder, or leave --store out, and judge again: an empty one is filled from the taps.`,
  };
}

function isWhole({ problems, minted, stored }: Awaited<ReturnType<Collector['drain']>>): boolean {
  const key = ({ node, incarnation, lane, ids }: LaneTotal): string => `${node}/${incarnation}/${lane} ${ids}`;
  const held = new Set(stored.map(key));
  return problems.length === 0 && minted.length === stored.length && minted.every((lane) => held.has(key(lane)));
}

/** What is known of the clocks; nothing, where the run never had an origin. */
function clocksIn(journal: readonly JournalEntry[]): Pick<SqlFacts, 'clocks'> {
  const began = journal.find((entry) => entry.kind === 'origin');
  return began === undefined ? {} : { clocks: { unixMs: began.origin.unixMs, orders: ordersIn(journal) } };
}

function timeAhead(promises: readonly Promise_[]): Pick<SqlFacts, 'timeAheadMs'> {
  const honest = promises.find((promise) => promise.guarantee === 'time-honest');
  return honest === undefined ? {} : { timeAheadMs: honest.futureMs };
}

function holders({ evidence }: RunHeader['generator']): Pick<SqlFacts, 'untoldHolders'> {
  return evidence?.untoldHolders === true ? { untoldHolders: true } : {};
}

function rollbacksIn(journal: readonly JournalEntry[]): readonly Rollback[] {
  return journal.flatMap((entry) => (entry.kind === 'rollback' ? [entry.rollback] : []));
}

function healthFacts(journal: readonly JournalEntry[]): readonly HealthFact[] {
  return journal.flatMap((entry): readonly HealthFact[] => {
    if (entry.kind === 'health') return [{ at: entry.at, node: entry.node, health: entry.health }];
    return entry.kind === 'no health' ? [{ at: entry.at, node: entry.node }] : [];
  });
}

function laneTotals({ nodes, batches }: History): readonly LaneTotal[] {
  const totals = new Map<string, LaneTotal>();
  for (let i = 0; i < batches.length; i++) {
    const node = nodes[batches.node[i] as number] ?? '?';
    const [incarnation, lane] = [batches.incarnation[i] as number, batches.lane[i] as number];
    const key = `${node}/${incarnation}/${lane}`;
    totals.set(key, {
      node,
      incarnation,
      lane,
      ids: (totals.get(key)?.ids ?? 0n) + BigInt(batches.count[i] as number),
    });
  }
  return [...totals.values()];
}
