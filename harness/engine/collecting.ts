/**
 * A run's store, the collector that fills it, and whoever watches what is in it, as one thing that the engine opens and
 * closes.
 */
import { availableParallelism } from 'node:os';
import type { Cluster } from '../core/cluster.ts';
import { idBitsOf } from '../core/layout.ts';
import type { LiveFinding } from '../core/live.ts';
import { createRng } from '../core/random.ts';
import type { Store } from '../core/store.ts';
import { NS_PER_S, nsToMs } from '../core/time.ts';
import type { Collector } from './collector.ts';
import { startCollector } from './collector.ts';
import type { Journal } from './journal.ts';
import { Canary } from './live/canary.ts';
import { LiveChecker } from './live/live-checker.ts';
import { LiveWatch } from './live/live-watch.ts';
import type { RunRequest } from './run-request.ts';

const PACE_EVERY_MS = 1000;

export interface Collecting extends AsyncDisposable {
  readonly store: Store;
  readonly collector: Collector;
  readonly live: LiveWatch;
  /** IDs stored so far. */
  stored(): bigint;
  /** As in `rates`. */
  lagMs(): number;
}

export interface CollectingOptions {
  readonly cluster: Cluster;
  readonly tapFolder: string;
  readonly journal: Journal;
  /** As in `LiveWatchOptions`. */
  readonly onFinding: (finding: LiveFinding) => void;
}

export async function startCollecting(
  { openStore, folder, runId, header }: Pick<RunRequest, 'openStore' | 'folder' | 'runId' | 'header'>,
  { cluster, tapFolder, journal, onFinding }: CollectingOptions,
): Promise<Collecting> {
  const { layout, evidence } = header.generator;
  const store = await openStore({ folder, runId, layout });
  const nodes = cluster.nodes.map(({ name }) => name);
  const { origin, time } = cluster;
  const live = new LiveWatch({
    checker: new LiveChecker({ sql: store.live, layout, untoldHolders: evidence?.untoldHolders === true, nodes }),
    canary: new Canary({
      tapFolder,
      originNs: BigInt(origin.monotonicNs),
      idBits: idBitsOf(layout),
      time,
      rng: createRng(header.seed).fork('canary'),
    }),
    journal,
    time,
    onFinding,
  });
  // Before there is a load: what it takes to store it for the first time is then in nobody's way.
  live.plant();
  const collector = startCollector({ tapFolder, runId, nodes, layout, origin, store, journal, time, live });
  const stopping = new AbortController();
  const readCpu = () => ({ at: time.now(), ownUs: cpuUs(), storeS: store.cpuSeconds?.() });
  let before = readCpu();
  function tellPace(): void {
    const now = readCpu();
    const passedS = (now.at - before.at) / NS_PER_S;
    const ofStore = now.storeS !== undefined && before.storeS !== undefined ? now.storeS - before.storeS : undefined;
    journal.append({
      at: now.at,
      kind: 'pace',
      stored: String(collector.stored()),
      lagMs: Math.round(nsToMs(collector.longestLag())),
      liveLagMs: Math.round(live.lagMs()),
      cpus: round3((now.ownUs - before.ownUs) / 1e6 / passedS),
      ...(ofStore !== undefined && { storeCpus: round3(ofStore / passedS) }),
      ofCpus: availableParallelism(),
    });
    before = now;
  }
  const pacing = (async () => {
    while (!stopping.signal.aborted && !live.isOver) {
      await time.sleep(PACE_EVERY_MS, stopping.signal).catch(() => undefined);
      if (!stopping.signal.aborted && !live.isOver) tellPace();
    }
  })();
  return {
    store,
    collector,
    live,
    stored: () => collector.stored(),
    lagMs: () => nsToMs(time.now() - collector.upTo()),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await collector.stop();
      await pacing;
      await store[Symbol.asyncDispose]();
    },
  };
}

/** CPU time of this process, all threads, in microseconds. */
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;
