/**
 * A run's store and the collector that fills it, as one thing that the engine opens and closes.
 */
import type { Cluster } from '../core/cluster.ts';
import type { Store } from '../core/store.ts';
import { nsToMs } from '../core/time.ts';
import type { Collector } from './collector.ts';
import { startCollector } from './collector.ts';
import type { Journal } from './journal.ts';
import type { RunRequest } from './run-request.ts';

const COUNT_EVERY_MS = 1000;

export interface Collecting extends AsyncDisposable {
  readonly store: Store;
  readonly collector: Collector;
  /** IDs stored, and duplicated IDs among them, so far: for the live view only. */
  stored(): bigint;
  duplicates(): number;
  /** As in `rates`. */
  lagMs(): number;
}

export async function startCollecting(
  { openStore, folder, runId, header }: Pick<RunRequest, 'openStore' | 'folder' | 'runId' | 'header'>,
  cluster: Cluster,
  tapFolder: string,
  journal: Journal,
): Promise<Collecting> {
  const store = await openStore({ folder, runId, layout: header.generator.layout });
  const nodes = cluster.nodes.map(({ name }) => name);
  const { origin, time } = cluster;
  const collector = startCollector({
    tapFolder,
    runId,
    nodes,
    layout: header.generator.layout,
    origin,
    store,
    journal,
    time,
  });
  const stopping = new AbortController();
  let duplicates = 0;
  const counting = (async () => {
    while (!stopping.signal.aborted && collector.failure() === undefined) {
      await time.sleep(COUNT_EVERY_MS, stopping.signal).catch(() => undefined);
      if (!stopping.signal.aborted) duplicates = await store.liveDuplicates();
    }
    // A lost engine is the collector's to report; the live count just stops.
  })().catch(() => undefined);
  return {
    store,
    collector,
    stored: () => collector.stored(),
    duplicates: () => duplicates,
    lagMs: () => nsToMs(time.now() - collector.upTo()),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await collector.stop();
      await counting;
      await store[Symbol.asyncDispose]();
    },
  };
}
