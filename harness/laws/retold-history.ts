/** Histories told otherwise than by their own nodes: the same acts, under other names. */
import { idBitsOf, OPAQUE_128, OPAQUE_64 } from '../core/layout.ts';
import type { HealthFact, History } from '../core/history.ts';
import type { Rng } from '../core/random.ts';
import type { Rollback } from '../core/rollback.ts';
import { tenuresOf } from '../core/tenures.ts';
import { NS_PER_MS } from '../core/time.ts';

/** Owner keys that were put under another lease and back: each batch may name either. */
export function withMovedKeys(history: History, rng: Rng): History {
  const { batches } = history;
  const lease = batches.lease.map((id, i) => (batches.createRevision[i] !== 0n && rng.chance(0.3) ? id + 1000n : id));
  return { ...history, batches: { ...batches, lease } };
}

/**
 * Worker IDs from elsewhere: no batch names its tenure. Between two tenures of one worker ID every life tells that it
 * waits.
 */
export function withoutNames(history: History): History {
  const { batches } = history;
  const between = [...Map.groupBy(tenuresOf(history), (t) => `${t.node} ${t.incarnation} ${t.workerId}`).values()]
    .flatMap((tenures) => tenures.slice(1).map((next, i) => ({ next, last: tenures[i]! })))
    .map(({ next, last }): HealthFact => {
      const at = (last.to + next.from) / 2;
      const health = { status: 'waiting', incarnation: next.incarnation, wallMs: 0, at, minted: [] } as const;
      return { at, node: next.node, health };
    });
  const unnamed = new BigUint64Array(batches.length);
  return {
    ...history,
    batches: { ...batches, lease: unnamed, createRevision: unnamed },
    health: [...history.health, ...between].sort((a, b) => a.at - b.at),
  };
}

/** A coordinator that went back twice, and gave some create revisions to two leases. */
export function withRollbacks(history: History, rng: Rng): History {
  const moments = history.batches.returned.length === 0 ? [] : [rng.pick(times(history)), rng.pick(times(history))];
  const rollbacks = moments
    .sort((a, b) => a - b)
    .map((at): Rollback => {
      const from = at - rng.int(0, 50) * NS_PER_MS;
      const since = rng.chance(0.7) && { since: from - rng.int(0, 5000) * NS_PER_MS };
      return { from, at, ...since, before: '9', revision: '5' };
    });
  const leases = history.leases.flatMap((fact) =>
    fact.createRevision !== undefined && rng.chance(0.3)
      ? [{ ...fact, lease: `${BigInt(fact.lease) + 5000n}` }, fact]
      : [fact],
  );
  return { ...history, leases, rollbacks };
}

/**
 * Nodes in regions, each with a coordinator of its own: worker IDs change hands between nodes that different ones told
 * so, and of the leases and revisions some bear the names of those of another coordinator.
 */
export function withCoordinators(history: History, rng: Rng): History {
  const regions = ['eu', 'us'];
  const coordinators = Object.fromEntries(history.nodes.map((node) => [node, rng.pick(regions)]));
  const leases = history.leases.flatMap((fact) => {
    const own = { ...fact, coordinator: coordinators[fact.node]! };
    const endedNs = Math.max(0, fact.lastSentNs - rng.int(0, 100) * NS_PER_MS);
    const other = { ...fact, coordinator: regions.find((region) => region !== own.coordinator)!, endedNs };
    return rng.chance(0.5) ? [own, other] : [other, own];
  });
  const rollbacks = withRollbacks(history, rng).rollbacks!.map((one) => ({ ...one, coordinator: rng.pick(regions) }));
  return { ...history, coordinators, leases, rollbacks };
}

function times({ batches }: History): number[] {
  return [...batches.returned.subarray(0, batches.length)];
}

/** Now and then a life held no worker ID when it was called. */
export function withLapses(history: History, rng: Rng): History {
  const workerId = history.batches.workerId.map((held) => (rng.chance(0.02) ? -1 : held));
  return { ...history, batches: { ...history.batches, workerId } };
}

/** Now and then the harness itself stood still, or a node was starved. */
export function withStalls(history: History, rng: Rng): History {
  if (history.recover === undefined) return history;
  const { from, to } = history.recover;
  const deaf = Array.from({ length: rng.int(0, 3) }, () => {
    const began = rng.int(Math.round(from), Math.round(to));
    const node = rng.chance(0.5) && { node: rng.pick(history.nodes) };
    return { ...node, from: began, to: began + rng.int(0, 1000) * NS_PER_MS };
  });
  return { ...history, recover: { ...history.recover, deaf } };
}

/** The same where nobody knows how IDs are laid out, so that no time in them is promised. */
export function withoutLayout(history: History): History {
  const { timeAheadMs: _, ...rest } = history;
  return { ...rest, layout: idBitsOf(history.layout) === 64 ? OPAQUE_64 : OPAQUE_128 };
}

/** The same where there is no pool of worker IDs: each node has to mint again. */
export function withoutPool(history: History): History {
  if (history.recover === undefined) return history;
  const { pool: _pool, ...recover } = history.recover;
  return { ...history, recover };
}
