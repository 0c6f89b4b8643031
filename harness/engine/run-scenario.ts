/**
 * The life of a run: launch, heal, warm up, disturb, heal, recover, drain, judge. All control flow is here; every way out
 * heals and takes the cluster down.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../core/cluster.ts';
import { coordinatorKindOf } from '../core/coordinator-kind.ts';
import { coordinatorMembersOf } from '../core/coordinators.ts';
import type { InMemoryHistory } from '../core/driver.ts';
import { EXIT, messageOf, SnowglobeError } from '../core/errors.ts';
import type { RequestColumns } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Phase } from '../core/phase.ts';
import { idBitsOf } from '../core/layout.ts';
import { recordedVersion } from '../core/no-coordinator.ts';
import { counted } from '../core/phrases.ts';
import type { Rng } from '../core/random.ts';
import { seesClocks } from '../core/scope.ts';
import { createRng } from '../core/random.ts';
import type { Run } from '../core/run.ts';
import type { UnknownReason } from '../core/verdict.ts';
import type { LoadHandle } from '../load/contract.ts';
import type { Collecting } from './collecting.ts';
import { startCollecting } from './collecting.ts';
import { carryOutSlot } from './disturb.ts';
import { gatherFromMemory, gatherFromStore } from './gather.ts';
import { faultyGenerator } from './faulty-generator.ts';
import type { HealthMonitor } from './health-monitor.ts';
import { monitorHealth } from './health-monitor.ts';
import { EarlyEnd, EndedEarly } from './live/early-end.ts';
import { watchHost } from './host-watch.ts';
import type { Journal } from './journal.ts';
import { isDiskFull, journalText, openJournal } from './journal.ts';
import { journalled } from './journalled-cluster.ts';
import type { RunHeader } from './judge.ts';
import { keepRequests } from './kept-requests.ts';
import { judge } from './judge.ts';
import { begunRun, JOURNAL_FILE, LEFT_NOTHING, LEFT_TO_JUDGE, OWNER_FILE, saveRun } from './record.ts';
import { neededAbilities } from './preflight.ts';
import { putFacts } from './run-facts.ts';
import type { RunRequest } from './run-request.ts';
import { ratesOf, telling } from './report-progress.ts';
import type { Stopwatch } from './stopwatch.ts';
import { createStopwatch } from './stopwatch.ts';
import { orderSlots, plannedLengthMs } from './timetable.ts';
import { startWatchdog } from './watchdog.ts';

/** How long the worker IDs of the pool may take to be held, all of them, before the warm-up begins. */
const ASSEMBLE_MS = 15_000;

/** Carries a scenario out and returns its judged record, which is saved too. Throws when nothing could be launched. */
export async function runScenario(request: RunRequest): Promise<Run> {
  const { header, driver, folder, runId, reporters, signal, progress } = request;
  const stopwatch = createStopwatch(runId, request.earlierAttempts);
  const persistent = driver.inProcess !== true;
  mkdirSync(folder, { recursive: true });
  if (persistent) writeFileSync(join(folder, OWNER_FILE), JSON.stringify(request.owner));
  const journalFile = join(folder, JOURNAL_FILE);
  const journal = telling(
    openJournal(persistent ? journalFile : undefined),
    progress,
    header.scenario.timetable.slots.length,
  );
  const save = (left: string): void => void saveRun(folder, begunRun(header, stopwatch.measured({}), left), reporters);
  save(persistent ? LEFT_TO_JUDGE : LEFT_NOTHING);
  const watchdog = persistent ? startWatchdog(driver.name, runId) : undefined;
  try {
    const launched = stopwatch.start('launch');
    const { cluster: planned } = header.scenario;
    const kind = coordinatorKindOf(planned);
    const members = coordinatorMembersOf(planned).length;
    let isLaunching = true;
    // What a driver says before its cluster is there is what it waits for; later, something that nobody foresaw.
    const log = (text: string): void => progress.event({ at: 0, kind: isLaunching ? 'waiting' : 'note', text });
    const launches = [...(kind === 'none' ? [] : [counted(members, `${kind} member`)]), counted(planned.nodes, 'node')];
    log(`launching ${launches.join(' and ')}`);
    const cluster = await driver.launch(planned, {
      runId,
      owner: request.owner,
      folder,
      generator: request.generator,
      needs: new Set(neededAbilities(header.scenario, request.faults).keys()),
      seed: header.seed,
      rng: createRng(header.seed).fork('driver'),
      log,
      signal,
    });
    isLaunching = false;
    launched();
    const told = await live(request, cluster, journal, stopwatch);
    const judged = request.waive?.(told) ?? told;
    // What an interrupted run proved stays judged; that it was interrupted is how the process ends.
    const run = signal.aborted ? { ...judged, exitCode: EXIT.interrupted } : judged;
    if (!persistent) writeFileSync(journalFile, journalText(journal.entries));
    saveRun(folder, run, reporters);
    return run;
  } catch (error) {
    if (isDiskFull(error)) throw noRoom(folder, error);
    const judgeable = persistent && journal.entries.some(({ kind }) => kind === 'origin');
    const why = error instanceof SnowglobeError ? error.problems.map(({ what }) => what).join(' ') : messageOf(error);
    save(`it ended early (${why.replace(/\.$/, '')})${judgeable ? `; ${LEFT_TO_JUDGE}` : ''}`);
    throw error;
  } finally {
    journal.close();
    watchdog?.dismiss();
  }
}

/** What there is of the run stays as it is: its record of the beginning, its taps, and its journal as far as it came. */
function noRoom(folder: string, cause: unknown): SnowglobeError {
  const what = `The disk is full, and what became of the run could not be written (${messageOf(cause)}).`;
  const remedy = 'Make room, then judge what it left: snowglobe judge, with this folder.';
  return new SnowglobeError(EXIT.unknown, [{ what, where: folder, remedy }], { cause });
}

/** From a launched cluster to a judged run; the cluster is gone when it returns, whatever happened. */
async function live(request: RunRequest, cluster: Cluster, journal: Journal, stopwatch: Stopwatch): Promise<Run> {
  const { header } = request;
  await using resources = new AsyncDisposableStack();
  resources.use(cluster);
  journal.append({
    at: cluster.time.now(),
    kind: 'origin',
    origin: cluster.origin,
    nodes: cluster.nodes.map(({ name }) => name),
    ...recordedVersion(cluster.coordinator),
    versions: cluster.versions,
  });
  enter('launch', cluster, journal);
  const ending = new EarlyEnd({
    failFast: request.failFast === true,
    promises: header.generator.promises,
    journal,
    signal: request.signal,
  });
  const collecting =
    cluster.tapFolder === undefined
      ? undefined
      : resources.use(
          await startCollecting(request, {
            cluster,
            tapFolder: cluster.tapFolder,
            journal,
            onFinding: (found) => ending.take(found),
          }),
        );
  const monitor = monitorHealth(cluster, journal);
  resources.defer(() => monitor.stop());
  if (collecting !== undefined) {
    const host = watchHost(cluster, journal);
    resources.defer(() => host.stop());
  }
  cluster.coordinator.watchOwners(
    (event) => journal.append({ at: event.at, kind: 'owner', event }),
    (rollback) => journal.append({ at: rollback.at, kind: 'rollback', rollback }),
  );

  const lived = stopwatch.start('scenario');
  const { requests, whole } = await shake({ ...request, signal: ending.signal }, cluster, journal, monitor, collecting);
  lived();
  const judged = stopwatch.start('drain and judge');
  const nodes = cluster.nodes.map(({ name }) => name);
  if (collecting !== undefined && requests !== undefined)
    await attempt('keeping what clients received', cluster, journal, async () =>
      keepRequests(request.folder, requests),
    );
  const gathered =
    collecting === undefined
      ? gatherFromMemory(
          (cluster as Cluster & InMemoryHistory).history(),
          journal.entries,
          requests,
          header,
          request.checkers,
        )
      : await gatherFromStore({
          ...collecting,
          journal: journal.entries,
          newRequests: requests,
          header,
          checkers: request.checkers,
          origin: cluster.origin,
          nodes,
        });
  if (whole) enter('judge', cluster, journal);
  const versions = {
    ...cluster.versions,
    ...recordedVersion(cluster.coordinator),
    ...(collecting !== undefined && { store: collecting.store.version }),
  };
  // The cluster goes while its IDs are judged: the two need nothing of each other.
  const gone = Promise.resolve(cluster[Symbol.asyncDispose]());
  // Told where it is awaited; until then a rejection that nobody handles would end the process in mid-judgement.
  gone.catch(() => undefined);
  const run = await judge({
    header,
    journal: journal.entries,
    hazards: request.hazards,
    indicators: request.indicators,
    ...gathered,
    requests,
    idsPerSecond: idsPerSecond(header, collecting !== undefined),
    virtualTime: collecting === undefined,
    measured: stopwatch.measured(versions, gathered.bytes),
  });
  if (collecting !== undefined) {
    const untold = await putFacts(collecting.store, run, journal.entries);
    if (untold !== undefined) request.progress.event({ at: cluster.time.now(), kind: 'note', text: untold });
  }
  await gone;
  judged();
  return { ...run, measured: stopwatch.measured(versions, gathered.bytes) };
}

/** The part of a run in which something happens. Ends with a healed cluster and a load at rest, whatever went wrong. */
async function shake(
  { header, faults, progress, startLoad, signal, folder, runId }: RunRequest,
  cluster: Cluster,
  journal: Journal,
  monitor: HealthMonitor,
  collecting: Collecting | undefined,
): Promise<{ readonly requests: RequestColumns | undefined; readonly whole: boolean }> {
  const { scenario, generator } = header;
  const { time } = cluster;
  const watched = journalled(cluster, journal);
  const rng: Rng = createRng(header.seed);
  let load: LoadHandle | undefined;
  let whole = false;
  let isWarm = false;
  const assertRunnable = (): void => {
    cluster.assertClean?.();
    const error = faultyGenerator(journal.entries, generator.name);
    if (error !== undefined) throw error;
  };
  try {
    await watched.healAll();
    const { pool } = scenario;
    const awaited = pool === undefined ? 'all nodes would mint' : `nodes hold ${counted(pool, 'worker ID')}`;
    progress.event({ at: time.now(), kind: 'waiting', text: `waiting until ${awaited}` });
    if (!(await assemble(cluster, () => allHeld(cluster, monitor, pool), assertRunnable, signal)))
      journal.append({ at: time.now(), kind: 'unknown', reason: neverAssembled(cluster, pool, journal.entries) });
    const starting = startLoad({
      time,
      nodes: cluster.nodes,
      load: scenario.load,
      idBits: idBitsOf(generator.layout),
      simulated: collecting === undefined,
      rng: rng.fork('load'),
      plannedMs: plannedLengthMs(scenario),
      folder,
      runId,
      onSecond: (seconds) => {
        for (const second of seconds) journal.append({ ...second, kind: 'load' });
        progress.event({
          at: time.now(),
          kind: 'rates',
          nodes: ratesOf(seconds, monitor.latest, seesClocks(generator.evidence)),
          stored: collecting?.stored() ?? 0n,
          duplicates: collecting?.live.duplicates ?? 0,
          ...(collecting !== undefined && { lagMs: collecting.lagMs() }),
        });
      },
    });
    load = starting instanceof Promise ? await starting : starting;
    journal.append({ at: time.now(), kind: 'load client', ...load.client });
    enter('warm-up', cluster, journal);
    await time.sleep(scenario.warmUpMs, signal);
    assertRunnable();
    enter('disturb', cluster, journal);
    isWarm = true;
    const context = {
      cluster: watched,
      faults,
      journal,
      monitor,
      rng: rng.fork('targets'),
      layout: generator.layout,
      signal,
    };
    for (const slot of orderSlots(scenario, rng)) await carryOutSlot(slot, context);
    await watched.healAll();
    enter('recover', cluster, journal);
    collecting?.live.plant();
    await time.sleep(scenario.recoverMs, signal);
    enter('drain', cluster, journal);
    whole = true;
  } catch (error) {
    // Before anything was disturbed: the generator cannot be run at all, and there is nothing to judge.
    if (!isWarm && error instanceof SnowglobeError && !signal.aborted) {
      await load?.stop();
      throw error;
    }
    const isEarly = signal.reason instanceof EndedEarly;
    const why = isEarly ? signal.reason.message : signal.aborted ? 'interrupted by the user' : messageOf(error);
    journal.append({ at: time.now(), kind: 'note', text: `the run is cut short: ${why}` });
  }
  await attempt('healing at the end', cluster, journal, () => watched.healAll());
  await attempt('stopping the load', cluster, journal, async () => load?.stop());
  for (const reason of load?.problems() ?? []) journal.append({ at: time.now(), kind: 'unknown', reason });
  await attempt('the last reading of the nodes', cluster, journal, () => monitor.readAll());
  monitor.stop();
  if (!signal.aborted) assertRunnable();
  // They would write for ever, and what is drained must be at rest: killed in the midst of it, for that must lose nothing.
  if (scenario.cluster.selfLoad !== undefined && collecting !== undefined)
    await attempt('killing the nodes that drive themselves', cluster, journal, () =>
      Promise.all(cluster.nodes.map(({ process }) => process.kill())),
    );
  return { requests: load?.requests(), whole };
}

function enter(phase: Phase, { time }: Cluster, journal: Journal): void {
  journal.append({ at: time.now(), kind: 'phase', phase });
}

/**
 * Whether each worker ID of the pool has a holder that mints. Nodes are not counted: two may hold one, or a stranger.
 * Without a pool, whether each node would mint.
 */
function allHeld({ nodes }: Cluster, monitor: HealthMonitor, pool: number | undefined): boolean {
  if (pool === undefined) return monitor.holders(0).length === nodes.length;
  const held = new Set(monitor.holders(0).map(({ name }) => monitor.latest(name)?.health?.workerId));
  return Array.from({ length: pool }, (_, workerId) => workerId).every((workerId) => held.has(workerId));
}

/** Waits until all worker IDs are held, and tells whether they are. If not, the run goes on, and proves less. */
async function assemble(
  cluster: Cluster,
  assembled: () => boolean,
  assertRunnable: () => void,
  signal: AbortSignal,
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < ASSEMBLE_MS && !assembled(); waitedMs += 50) {
    await cluster.time.sleep(50, signal);
    assertRunnable();
  }
  return assembled();
}

function neverAssembled({ nodes }: Cluster, pool: number | undefined, journal: readonly JournalEntry[]): UnknownReason {
  if (pool === undefined) {
    const wouldMint = new Set(
      journal.flatMap((entry) => (entry.kind === 'health' && entry.health.status === 'minting' ? [entry.node] : [])),
    );
    const never = nodes.map(({ name }) => name).filter((name) => !wouldMint.has(name));
    return {
      reason: 'cluster never complete',
      scope: 'run',
      detail: `Within ${ASSEMBLE_MS / 1000} s the nodes were not all ready to mint at once (${never.length === 0 ? 'each was at some time' : `never: ${never.join(', ')}`}).`,
    };
  }
  const held = new Set(journal.flatMap((entry) => (entry.kind === 'health' ? [entry.health.workerId] : [])));
  const never = Array.from({ length: pool }, (_, workerId) => workerId).filter((workerId) => !held.has(workerId));
  const which = never.length === 0 ? 'each was held at some time' : `never held: ${never.join(', ')}`;
  return {
    reason: 'cluster never complete',
    scope: 'run',
    detail: `Within ${ASSEMBLE_MS / 1000} s the nodes did not come to hold all ${pool} worker IDs of the pool at once (${which}).`,
  };
}

/** A step of the ending: its failure is evidence lost, not a reason to skip the steps after it. */
async function attempt(what: string, { time }: Cluster, journal: Journal, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    journal.append({
      at: time.now(),
      kind: 'unknown',
      reason: { reason: 'run cut short', scope: 'run', detail: `${what} failed: ${messageOf(error)}` },
    });
  }
}

/** IDs that each node was asked for, a second, at the start of the load. */
function idsPerSecond({ scenario: { load } }: RunHeader, full: boolean): number {
  return full ? load.idsPerSecond : load.simulated.batchesPerSecond * load.simulated.batch.mean;
}
