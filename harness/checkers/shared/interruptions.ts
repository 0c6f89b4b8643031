/**
 * Tenures without a name. A generator that names neither lease nor create revision says that it holds its worker ID from
 * its first batch under it to its last. Where it said otherwise in between, that is several tenures seen as one, and who
 * held the worker ID when is not told: what such a tenure meets is undecided.
 */
import type { SqlFacts, SqlReader } from '../../core/checker.ts';
import type { Tenure } from '../../core/tenure.ts';
import type { HealthFact, History } from '../../core/history.ts';
import { lanesOf } from '../../core/lanes.ts';
import type { RunNs } from '../../core/time.ts';

/** What a life held at a moment, by its own word. */
interface Word {
  readonly node: string;
  readonly incarnation: number;
  readonly at: RunNs;
  /** -1: none. */
  readonly workerId: number;
}

/** Those of `tenuresOf(history)` that were interrupted. */
export function interruptedInHistory(history: History, tenures: readonly Tenure[]): ReadonlySet<Tenure> {
  const unnamed = tenures.filter(isUnnamed);
  if (unnamed.length === 0) return new Set();
  const { nodes, batches } = history;
  const byBatch = lanesOf(batches).flatMap(({ node, incarnation, batches: members }) =>
    members.map((batch): Word => {
      const [workerId, at] = [batches.workerId[batch]!, batches.called[batch]!];
      return { node: nodes[node]!, incarnation, at, workerId };
    }),
  );
  return interrupted(unnamed, [...byBatch, ...wordsOfHealth(history.health)]);
}

/** The same from the store: of all batches in between, one for each tenure is enough. */
export async function interruptedInStore(
  store: SqlReader,
  { nodes, health }: SqlFacts,
  tenures: readonly Tenure[],
): Promise<ReadonlySet<Tenure>> {
  const unnamed = tenures.filter(isUnnamed);
  if (unnamed.length === 0) return new Set();
  const rows = await store.rows<{ node: number; incarnation: number; other: number; at: string }>(
    `select node, incarnation, argMin(worker, called) as other, min(called) as at
     from batches
     inner join (
       select node, incarnation, worker as held, min(returned) as since, max(called) as until
       from batches where count > 0 and worker >= 0 and lease = 0 and create_revision = 0
       group by node, incarnation, held) as unnamed
     using (node, incarnation)
     where count > 0 and worker != held and called > since and called < until
     group by node, incarnation, held`,
  );
  const byBatch = rows.map((row): Word => ({
    node: nodes[row.node]!,
    incarnation: row.incarnation,
    at: Number(row.at),
    workerId: row.other,
  }));
  return interrupted(unnamed, [...byBatch, ...wordsOfHealth(health)]);
}

function isUnnamed({ lease, createRevision }: Tenure): boolean {
  return lease === '0' && createRevision === '0';
}

/** A node that mints and does not say under which worker ID says nothing. */
function wordsOfHealth(health: readonly HealthFact[]): Word[] {
  return health.flatMap(({ node, health: said }): Word[] => {
    const workerId = said?.status === 'waiting' ? -1 : said?.workerId;
    return said === undefined || workerId === undefined
      ? []
      : [{ node, incarnation: said.incarnation, at: said.at, workerId }];
  });
}

function interrupted(unnamed: readonly Tenure[], words: readonly Word[]): ReadonlySet<Tenure> {
  const life = ({ node, incarnation }: Word | Tenure): string => `${node} ${incarnation}`;
  const wordsOfLife = Map.groupBy(words, life);
  return new Set(
    unnamed.filter((tenure) =>
      wordsOfLife
        .get(life(tenure))
        ?.some(({ at, workerId }) => workerId !== tenure.workerId && tenure.from < at && at < tenure.to),
    ),
  );
}
