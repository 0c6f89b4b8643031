/**
 * What the package exports. A generator that takes types from here loads nothing: it runs inside nodes, where there is no
 * harness. `snowglobe` loads its parts when it is called.
 */
import type { Generator } from './core/generator.ts';
import type { Run } from './core/run.ts';
import type { ScenarioInput } from './core/scenario.ts';

export { SnowglobeError } from './core/errors.ts';
export type { ExitCode, Problem } from './core/errors.ts';
export type {
  Compare,
  Coordination,
  Disk,
  Generator,
  GeneratorEnv,
  Grant,
  HeldLease,
  Holding,
  KeyValue,
  Minter,
  NodeKind,
  Operation,
  ShellNode,
  TxnResult,
} from './core/generator.ts';
export type { Assumption, Guarantee, Promise_ } from './core/guarantee.ts';
export type { Json, JsonObject } from './core/json.ts';
export type { DecodedId, Layout } from './core/layout.ts';
export type { ModuleNode, NativeNode, ServiceNode } from './core/node-program.ts';
export type { Run } from './core/run.ts';
export type { Scenario, ScenarioInput } from './core/scenario.ts';
export type { SloInput, SloRecord } from './core/slo.ts';
export type { Verdict } from './core/verdict.ts';

/** How a scenario is run. All may be left out. */
export interface SnowglobeOptions {
  /** `docker`, `local` or `sim`; the most real one that this machine can do. */
  readonly driver?: string;
  /**
   * A name, the path of a file such as `./mine.ts`, a way in without flags such as `npm:my-ids#next`, or a generator whose
   * node is plain data; the one that the scenario names.
   */
  readonly generator?: string | Generator;
  /** Repeats the choices of an earlier run: a whole number of at most 15 digits. Drawn anew. */
  readonly seed?: number | string;
  /** URL of a ClickHouse server; the embedded one. */
  readonly store?: string;
  /** The folder that runs are kept in; `runs`. */
  readonly runs?: string;
  /** The same scenario on a quiet cluster. */
  readonly withoutDisturbances?: boolean;
  /** The run ends at the first violation of a promise that is seen while it lasts; it is healed and judged. */
  readonly failFast?: boolean;
  /** Which SLOs are judged: the scenario's `own`, the reference design's `targets`, or `none`; its own. */
  readonly slo?: 'own' | 'targets' | 'none';
  /** Who asks for IDs: `k6` or `built-in`; the best that this machine can do. */
  readonly load?: 'k6' | 'built-in';
  /** Ends the run in order: what has happened until then is healed, judged and returned. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a scenario, by its name, its path, or as an object, and resolves with its judged record: also where it failed or
 * proved nothing, which `verdict` and `reasons` tell. Its folder has the same files as that of `snowglobe run`. Rejects
 * with a SnowglobeError, before anything starts, for what is wrong (`exitCode` 2) or what the machine lacks (3); paths
 * are seen from the working folder. Prints nothing, ends no process and listens to no signal of the system; runs of one
 * process follow one another.
 */
export async function snowglobe(scenario: ScenarioInput | string, options: SnowglobeOptions = {}): Promise<Run> {
  const { runFromProgram } = await import('./library.ts');
  return runFromProgram(scenario, options);
}
