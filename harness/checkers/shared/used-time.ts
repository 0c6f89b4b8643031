/**
 * Time that IDs used up before the heal, and from when a promise to mint again can count because of it.
 */
import type { SqlFacts } from '../../core/checker.ts';
import type { RecoverWindow } from '../../core/history.ts';
import { msToNs, type RunNs } from '../../core/time.ts';

/** From when the promised time counts, by worker ID and by node: the heal, or when true time passes what they had used. */
export interface CountsFrom {
  readonly worker: (worker: number) => RunNs;
  readonly node: (node: number) => RunNs;
}

/** The latest tick that IDs carry which were minted before the heal. */
interface Used {
  readonly worker: ReadonlyMap<number, number>;
  readonly node: ReadonlyMap<number, number>;
}

export function countsFrom(
  { layout, clocks }: Pick<SqlFacts, 'layout' | 'clocks'>,
  { from }: RecoverWindow,
  used: Used,
): CountsFrom {
  const passed = (tick: number | undefined): RunNs =>
    tick === undefined || clocks === undefined
      ? from
      : Math.max(from, msToNs(layout.epochMs + (tick + 1) * layout.tickMs - clocks.unixMs));
  return { worker: (worker) => passed(used.worker.get(worker)), node: (node) => passed(used.node.get(node)) };
}

/** From when the promised time counts for a node: also what it holds may have been used ahead, by whomever. */
export function nodeCountsFrom(
  { nodes, health }: Pick<SqlFacts, 'nodes' | 'health'>,
  { from }: RecoverWindow,
  counts: CountsFrom,
  node: number,
): RunNs {
  const held = health.flatMap((fact) =>
    fact.node === nodes[node] && fact.at >= from && fact.health?.workerId !== undefined ? [fact.health.workerId] : [],
  );
  return Math.max(counts.node(node), ...[...new Set(held)].map(counts.worker));
}

/** Every moment at which somebody's promised time ends. */
export function momentsOf(
  facts: Pick<SqlFacts, 'nodes' | 'health'>,
  recover: RecoverWindow,
  counts: CountsFrom,
  withinMs: number,
): ReadonlySet<RunNs> {
  const workers = Array.from({ length: recover.pool ?? 0 }, (_, worker) => counts.worker(worker));
  const nodes = facts.nodes.flatMap((_, node) => [counts.node(node), nodeCountsFrom(facts, recover, counts, node)]);
  return new Set([...workers, ...nodes].map((from) => from + msToNs(withinMs)));
}
