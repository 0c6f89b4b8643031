/** Worker IDs as IDs carry them, where nodes do not say which they hold. Once as a fold, once as SQL. */
import type { SqlFacts, SqlReader } from './checker.ts';
import type { History } from './history.ts';
import { sqlWorker } from './id-sql.ts';
import { idReader } from './id-words.ts';
import { lanesOf } from './lanes.ts';

/** By node, the one worker ID that each of its IDs in the whole run carries; a node whose IDs carry several is not there. */
export type CarriedWorkers = ReadonlyMap<string, number>;

export function carriedWorkersOf(history: History): CarriedWorkers {
  const { layout, nodes, batches } = history;
  if (layout.workerBits === 0) return new Map();
  const { worker } = idReader(history);
  const carried = nodes.map(() => new Set<number>());
  for (const lane of lanesOf(batches))
    for (const batch of lane.batches) {
      const first = batches.firstId[batch]!;
      for (let k = first; k < first + batches.count[batch]!; k++) carried[lane.node]!.add(worker(k));
    }
  return new Map(
    nodes.flatMap((node, index) => {
      const [one, ...others] = carried[index]!;
      return one === undefined || others.length > 0 ? [] : [[node, one] as const];
    }),
  );
}

/** The same from the store. */
export async function readCarriedWorkers(
  store: SqlReader,
  { layout, nodes }: Pick<SqlFacts, 'layout' | 'nodes'>,
): Promise<CarriedWorkers> {
  if (layout.workerBits === 0) return new Map();
  const carried = sqlWorker(layout, 'id');
  const rows = await store.rows<{ node: number; carried: string }>(
    `select node, toInt64(min(${carried})) as carried from ids group by node having carried = max(${carried})`,
  );
  return new Map(rows.map((row) => [nodes[row.node]!, Number(row.carried)]));
}
