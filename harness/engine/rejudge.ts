/**
 * Judges a run from what it left on disk: taps, journal, store. What only a killed harness knew (the requests of its
 * clients) is lost, and the judge says so.
 */
import { join } from 'node:path';
import type { Hazard } from '../core/hazard.ts';
import type { RequestColumns } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Run } from '../core/run.ts';
import type { Time } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import { startCollector } from './collector.ts';
import type { Gathered } from './gather.ts';
import { gatherFromStore } from './gather.ts';
import type { Checkers } from './history-source.ts';
import { readRequests } from './history-source.ts';
import type { JournalRead } from './journal.ts';
import { openJournal } from './journal.ts';
import { judge } from './judge.ts';
import type { Indicators } from './judge-slos.ts';
import { readKeptRequests } from './kept-requests.ts';
import type { OpenAfresh } from './made-anew.ts';
import { openToJudgeBy } from './made-anew.ts';
import { JOURNAL_FILE, TAPS_FOLDER } from './record.ts';
import type { OpenStore } from './run-request.ts';
import { putFacts } from './run-facts.ts';
import { createStopwatch, measuredAgain } from './stopwatch.ts';

export interface RejudgeRequest {
  readonly folder: string;
  readonly begun: Run;
  readonly journal: JournalRead;
  readonly origin: Extract<JournalEntry, { kind: 'origin' }>;
  readonly openStore: OpenStore;
  /** Makes a store anew that is damaged, or is not what the taps hold; left out where it is not ours to do so. */
  readonly openAfresh?: OpenAfresh;
  readonly checkers: Checkers;
  readonly hazards: ReadonlyMap<string, Hazard>;
  readonly indicators: Indicators;
  /** Told what is done next, where that may take a while. */
  readonly log: (text: string) => void;
}

export async function rejudge({
  folder,
  begun,
  journal: read,
  origin: start,
  openStore,
  openAfresh,
  checkers,
  hazards,
  indicators,
  log,
}: RejudgeRequest): Promise<Run> {
  const { scenario, generator, driver, seed, command, attempt, measured } = begun;
  const { runId } = measured;
  const { origin, nodes } = start;
  const header = { scenario, generator, driver, seed, command, ...(attempt !== undefined && { attempt }) };
  const stopwatch = createStopwatch(runId);
  const judged = stopwatch.start('judge again');
  // Entries of this judging go after those of the run, at its last moment: its time stands still now.
  const last = read.entries.at(-1)?.at ?? 0;
  const ofRun = { folder, runId, layout: generator.layout };
  const openers = { openStore, ...(openAfresh !== undefined && { openAfresh }), log };
  // Before the journal: of two who judge one run at once, the second is refused here, and has touched nothing.
  await using judgedBy = await openToJudgeBy(ofRun, openers);
  const journal = openJournal(join(folder, JOURNAL_FILE), read.entries);
  const kept = readKeptRequests(folder);
  /** Empties the taps into the store, whatever of them is there already. */
  const gather = async (newRequests: RequestColumns | undefined): Promise<Gathered> => {
    const { store } = judgedBy;
    const collector = startCollector({
      tapFolder: join(folder, TAPS_FOLDER),
      runId,
      nodes,
      layout: generator.layout,
      origin,
      store,
      journal,
      time: stillTime(last),
      earlier: [...journal.entries],
    });
    log('reading the taps into the store');
    const of = { store, collector, journal: read.entries, newRequests, header, checkers, origin, nodes };
    return gatherFromStore(of);
  };
  try {
    // A store that was made of a run by an earlier snowglobe is the only one that has them; if it cannot say, nobody can.
    const requests = kept ?? (await readRequests(judgedBy.store.sql).catch(() => undefined));
    let gathered = await gather(kept);
    if (await judgedBy.madeAnew(gathered.minted)) {
      gathered = await gather(requests);
      await judgedBy.madeAnew(gathered.minted);
    }
    /** What the store answers of the evidence. */
    const conclude = (evidence: Gathered): Promise<Run> => {
      log(`asking about each guarantee what ${evidence.batches} batches hold`);
      return judge({
        header,
        journal: read.entries,
        hazards,
        indicators,
        ...evidence,
        doubts: [...evidence.doubts, ...read.problems.map(damaged)],
        requests,
        idsPerSecond: scenario.load.idsPerSecond,
        // The simulator leaves no taps to judge again.
        virtualTime: false,
        measured,
      });
    };
    let run = await conclude(gathered);
    if (run.unknowns.some(({ reason }) => reason === 'engine lost') && (await judgedBy.madeAnewIfDamaged())) {
      gathered = await gather(requests);
      await judgedBy.madeAnew(gathered.minted);
      run = await conclude(gathered);
    }
    const { store } = judgedBy;
    const untold = await putFacts(store, run, read.entries);
    if (untold !== undefined) log(untold);
    judged();
    const { versions, coordinator } = start;
    const again = stopwatch.measured(
      { ...versions, ...(coordinator !== undefined && { coordinator }), store: store.version },
      gathered.bytes,
    );
    return { ...run, measured: measuredAgain(begun, again, origin, last) };
  } finally {
    journal.close();
  }
}

function damaged(detail: string): UnknownReason {
  return { reason: 'input malformed, rounded or empty', scope: 'journal', detail: `${detail}.` };
}

/** The time of a run that is over: it stands at its last moment, and sleeping only waits. */
function stillTime(at: number): Time {
  return {
    now: () => at,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }),
    at: (_at, callback) => {
      const timer = setTimeout(callback, 0);
      return () => clearTimeout(timer);
    },
  };
}
