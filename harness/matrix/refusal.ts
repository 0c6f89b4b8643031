/** What disturbances cost clients, by what clients saw in each second. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import type { Refusal } from '../core/matrix.ts';
import type { Run } from '../core/run.ts';
import { inReach, withHeirs } from '../engine/reach.ts';

type LoadEntry = Extract<JournalEntry, { readonly kind: 'load' }>;

/**
 * Seconds in reach of a disturbance for which worker IDs gave nothing. In each second as many nodes have to serve as there
 * are worker IDs, whichever they are: a node that stands by is not missed.
 */
export function refusalOf(
  { disturbances, nodes, scenario: { pool } }: Pick<Run, 'disturbances' | 'nodes' | 'scenario'>,
  journal: readonly JournalEntry[],
): Refusal {
  const reached = withHeirs(disturbances, journal);
  const seconds = Map.groupBy(
    journal.filter((entry): entry is LoadEntry & JournalEntry => entry.kind === 'load' && entry.sent > 0),
    ({ at }) => at,
  );
  let [dark, requests] = [0, 0];
  for (const [at, asked] of seconds) {
    const inside = asked.filter(({ node }) => inReach(reached, node, at));
    requests += inside.reduce((sum, { refused }) => sum + Object.values(refused).reduce((a, b) => a + b, 0), 0);
    if (inside.length === 0) continue;
    // A worker ID that passes from one node to another within the second is served by both, for a share each.
    const serving = asked.reduce((sum, { ok, sent }) => sum + ok / sent, 0);
    dark += Math.max(0, Math.min(pool ?? nodes.length, asked.length) - serving);
  }
  return { seconds: dark, requests };
}
