/**
 * What a run is carried out by, and the one place that puts it together: for the command line, the library, claims and
 * tools.
 */
import type { Driver, GeneratorSource } from '../core/driver.ts';
import type { Fault } from '../core/fault.ts';
import type { Hazard } from '../core/hazard.ts';
import type { Layout } from '../core/layout.ts';
import type { Owner } from '../core/owner.ts';
import type { Progress } from '../core/progress.ts';
import { SILENT } from '../core/progress.ts';
import type { Reporter } from '../core/reporter.ts';
import { alwaysWritten } from '../core/reporter.ts';
import type { Run } from '../core/run.ts';
import type { Store } from '../core/store.ts';
import type { StartLoad } from '../load/contract.ts';
import type { Parts } from '../registry.ts';
import { describeGenerator } from '../registry.ts';
import type { Checkers } from './history-source.ts';
import type { Indicators } from './judge-slos.ts';
import type { RunHeader } from './judge.ts';
import { thisOwner } from './owner.ts';
import { newRunId } from './run-id.ts';

export interface RunRequest {
  readonly header: RunHeader;
  readonly generator: GeneratorSource;
  readonly driver: Driver;
  readonly owner: Owner;
  readonly runId: string;
  /** The run's folder, absolute. */
  readonly folder: string;
  /** Names of the folders of the attempts before this one, beside its own. */
  readonly earlierAttempts?: readonly string[];
  readonly faults: ReadonlyMap<string, Fault>;
  readonly hazards: ReadonlyMap<string, Hazard>;
  readonly indicators: Indicators;
  readonly checkers: Checkers;
  readonly reporters: readonly Reporter[];
  /** Opens the store that taps are collected into; called only for clusters that write taps. */
  readonly openStore: OpenStore;
  readonly startLoad: StartLoad;
  /** What the command makes of a run once it is judged, and before it is saved: known violations are marked. */
  readonly waive?: (run: Run) => Run;
  /** The run ends at the first violation of a promise that is seen while it lasts. */
  readonly failFast?: boolean;
  readonly progress: Progress;
  /** Aborted by a signal from the user. */
  readonly signal: AbortSignal;
}

export type OpenStore = (run: {
  readonly folder: string;
  readonly runId: string;
  readonly layout: Layout;
}) => Promise<Store>;

/** What is different from run to run, and from one who starts runs to another. */
export interface WantedRun
  extends
    Pick<RunHeader, 'scenario' | 'seed' | 'command' | 'attempt'>,
    Pick<
      RunRequest,
      'generator' | 'driver' | 'earlierAttempts' | 'openStore' | 'startLoad' | 'waive' | 'failFast' | 'signal'
    > {
  readonly parts: Parts;
  /** The run's folder, absolute, by the ID of the run. */
  readonly folder: (runId: string) => string;
  /** The folder outlives the run: reports are written into it. */
  readonly isKept: boolean;
}

/** The request of a new run of this process. It shows no progress: whoever has a view of it puts that in its place. */
export function runRequest({
  parts,
  scenario,
  seed,
  command,
  attempt,
  waive,
  failFast,
  ...wanted
}: WantedRun): RunRequest {
  const { generator, driver, earlierAttempts, openStore, startLoad, signal, folder, isKept } = wanted;
  const runId = newRunId();
  return {
    ...parts,
    header: {
      scenario,
      generator: describeGenerator(generator),
      driver: driver.name,
      seed,
      command,
      ...(attempt !== undefined && { attempt }),
    },
    generator,
    driver,
    owner: thisOwner(),
    runId,
    folder: folder(runId),
    ...(earlierAttempts !== undefined && { earlierAttempts }),
    reporters: isKept ? alwaysWritten(parts.reporters) : [],
    openStore,
    startLoad,
    ...(waive !== undefined && { waive }),
    ...(failFast !== undefined && { failFast }),
    progress: SILENT,
    signal,
  };
}
