/**
 * A driver launches clusters: in virtual time, in plain processes, in containers.
 */
import type { Ability, Cluster, ClusterSpec } from './cluster.ts';
import type { CoordinatorKind } from './coordinator-kind.ts';
import type { Problem } from './errors.ts';
import type { Generator, NodeKind } from './generator.ts';
import type { History } from './history.ts';
import type { Owner } from './owner.ts';
import type { Rng } from './random.ts';

export interface Driver {
  /** Equal to the folder's name. */
  readonly name: string;
  readonly summary: string;
  /** Preference when the user names no driver: the highest that is ready is taken. */
  readonly rank: number;
  /** All that it makes lives in this process and dies with it: no watchdog is needed. */
  readonly inProcess?: true;
  /** Why it cannot run such nodes, as a sentence; undefined: it can. */
  refuses(node: NodeKind): string | undefined;
  /** Programs of this machine run in it as they do here: what is a command is taken to it first. */
  readonly runsHere?: true;
  /** Its nodes listen at addresses that any program on this machine can call. */
  readonly callable?: true;
  /** What this machine lacks for the driver, and what the driver can do here. Starts nothing that stays. */
  readiness(): Promise<Readiness>;
  /** Builds what is needed once (images): apart, so that its time is told apart. */
  prepare(context: PrepareContext): Promise<void>;
  /** Proves on throw-away parts that what `readiness` promised holds (mounts, clocks), then launches. */
  launch(spec: ClusterSpec, context: LaunchContext): Promise<Cluster>;
  /** What runs left on this machine, living or dead. */
  leftovers(): Promise<readonly Leftover[]>;
  /** Heals and removes all parts of one run; leaves its folder. Idempotent. */
  sweep(runId: string): Promise<readonly string[]>;
}

export interface Readiness {
  /** Empty when the driver can be used. */
  readonly problems: readonly Problem[];
  readonly abilities: ReadonlySet<Ability>;
  /** Kinds of coordinator that it cannot start here, and how to mend that; left out: it can start any. */
  readonly lacksCoordinators?: ReadonlyMap<CoordinatorKind, Problem>;
  /** Facts for `doctor`: versions, what is missing but not needed. */
  readonly notes: readonly string[];
}

export interface PrepareContext {
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface LaunchContext extends PrepareContext {
  /** Short, unique on this machine: `[a-z0-9]{8}`. Names and labels carry it. */
  readonly runId: string;
  readonly owner: Owner;
  /** The run's folder; taps, logs, sockets and clock files go below it. */
  readonly folder: string;
  readonly generator: GeneratorSource;
  /** What the faults of the scenario need: decides how nodes are started (which tool skews their clocks). */
  readonly needs?: ReadonlySet<Ability>;
  readonly seed: string;
  readonly rng: Rng;
}

/** A loaded generator, and the file that a node process imports. */
export interface GeneratorSource {
  readonly generator: Generator;
  /** Absolute path of the module, or of the JSON file; empty where flags or a test made it. */
  readonly file: string;
  /** The way in, where flags made it: `command:./my-service --port {port}`. */
  readonly from?: string;
}

/** Something of a run that is still on the machine. */
export interface Leftover {
  readonly runId: string;
  readonly owner: Owner | undefined;
  /** One line each: `container snowglobe-ab12cd34-n1`. */
  readonly parts: readonly string[];
}

/** The simulator hands its history over in memory; other drivers leave taps. */
export interface InMemoryHistory {
  history(): History;
}
