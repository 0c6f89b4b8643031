/**
 * Where code runs: inside a simulated node, in the module of a generator, or in the harness. The async context knows.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** The inside of one life of a node, or of the loading of its module. */
export interface Place {
  /** The node; undefined while its module is being loaded. */
  readonly node: string | undefined;
  /** The instance of its modules that is being loaded; undefined once they are. */
  readonly instance?: Instance;
  /** Remembers the offence and throws. */
  offend(offence: Offence): never;
  /** An error that nobody handles ends a process. */
  crash(reason: unknown): void;
}

/** One of the many instances of a generator's modules in this process. */
export interface Instance {
  /** Ends the URL of each of its modules: Node keeps modules by URL. */
  readonly mark: string;
  /** The files that it has looked up, with what CommonJS held of each before. */
  readonly files: Map<string, NodeJS.Module | undefined>;
}

/** The use of something real. */
export interface Offence {
  readonly node: string | undefined;
  readonly call: string;
  readonly remedy: string;
}

export const places = new AsyncLocalStorage<Place>();

/** What a generator is told to use in place of the real thing. */
export const REMEDY = {
  wall: 'Use env.wallMs() for the wall clock.',
  monotonic: 'Use env.monotonicNs() for durations.',
  timer: 'Use env.sleep(ms) to wait.',
  random: 'Use env.random() for randomness.',
  file: 'Use env.disk for what must survive a restart.',
  network: 'Use env.coordination to reach the coordinator; a node of the simulator has no other network.',
  host: 'Use env.host and env.options: a node of the simulator has no process and no machine of its own.',
  import: 'Import it at the top of the file.',
  other: 'A generator may use only what GeneratorEnv gives it.',
} as const;

/** Throws when called from a simulated node; does nothing elsewhere. */
export function forbid(call: string, remedy: string): void {
  const place = places.getStore();
  place?.offend({ node: place.node, call, remedy });
}

/** Whether the code at hand is a generator's: `loading` its module, or `running` as a node. */
export function whereAmI(): 'outside' | 'loading' | 'running' {
  const place = places.getStore();
  return place === undefined ? 'outside' : place.node === undefined ? 'loading' : 'running';
}

/**
 * Does on behalf of the harness what a generator's code set off: Node reads a module with functions that a library of the
 * harness may have patched (graceful-fs asks for the time).
 */
export function outside<T>(act: () => T): T {
  return places.exit(act);
}
