/**
 * The guard: a simulated node has no clock, timer, chance, file or network but those of its `GeneratorEnv`. A generator
 * that reaches for the real ones would make runs that nobody can repeat, and miss the faults of the virtual ones. So the
 * call throws, and is remembered: swallowing the error does not hide it.
 *
 * Whether code belongs to a node is known from its async context, so the harness beside it keeps the real things.
 */
import { AsyncResource } from 'node:async_hooks';
import { badInput, EXIT, problem, SnowglobeError } from '../../core/errors.ts';
import { MINTER_REMEDY } from '../../core/minter-problem.ts';
import { patchGlobals } from './guard-globals.ts';
import { hookModules } from './guard-modules.ts';
import { places } from './guard-place.ts';
import type { Instance, Offence } from './guard-place.ts';

/** Calls a function inside a node. */
export type Inside = <Args extends readonly unknown[], Result>(act: (...args: Args) => Result, ...args: Args) => Result;

const guards = new Set<Guard>();
let disarm: (() => void) | undefined;

/** Watches the nodes of one cluster, until it is disposed of. */
export class Guard implements Disposable {
  readonly #generator: string;
  readonly #offences: Offence[] = [];
  #fault: SnowglobeError | undefined;

  constructor(generator: string) {
    this.#generator = generator;
    guards.add(this);
    disarm ??= arm();
  }

  /** The way into one life of a node. `crash` is called when its code leaves an error unhandled. */
  node(name: string, crash: (reason: unknown) => void): Inside {
    // One for all calls: a fifth of what `AsyncLocalStorage.snapshot` costs, once for each mint.
    const life = places.run({ node: name, offend: this.#offend, crash }, () => new AsyncResource('SimulatedLife'));
    return (act, ...args) => life.runInAsyncScope(act, undefined, ...args);
  }

  /** Runs what loads an instance of the generator's modules: their top level is watched as a node is. */
  loading<T>(instance: Instance, load: () => Promise<T>): Promise<T> {
    return places.run({ node: undefined, instance, offend: this.#offend, crash: () => undefined }, load);
  }

  /**
   * The generator cannot be run at all: throws that, and remembers it of a first life. A later one must not take from the
   * run what the earlier ones proved: it only ends.
   */
  fault(what: string, incarnation: number): never {
    if (incarnation > 1) throw new Error(what);
    this.#fault ??= badInput(`${what}.`, MINTER_REMEDY, `generator ${this.#generator}`);
    throw this.#fault;
  }

  /** Throws when a node has used anything real, whether or not it noticed, or when the generator cannot be run at all. */
  assertClean(): void {
    if (this.#offences.length > 0) throw this.#error(this.#offences);
    if (this.#fault !== undefined) throw this.#fault;
  }

  [Symbol.dispose](): void {
    guards.delete(this);
    if (guards.size > 0) return;
    disarm?.();
    disarm = undefined;
  }

  readonly #offend = (offence: Offence): never => {
    const known = this.#offences.some(({ node, call }) => node === offence.node && call === offence.call);
    if (!known) this.#offences.push(offence);
    throw this.#error([offence]);
  };

  /** One problem a call, whichever nodes made it: they run the same code. */
  #error(offences: readonly Offence[]): SnowglobeError {
    const byCall = Map.groupBy(offences, ({ call }) => call);
    return new SnowglobeError(
      EXIT.badInput,
      [...byCall].map(([call, by]) =>
        problem(
          `${whoOf(by)} used ${call}, which the simulator cannot make repeatable.`,
          (by[0] as Offence).remedy,
          `generator ${this.#generator}`,
        ),
      ),
    );
  }
}

function whoOf(offences: readonly Offence[]): string {
  const nodes = offences.flatMap(({ node }) => (node === undefined ? [] : [node])).sort();
  if (nodes.length < offences.length) return 'its module';
  return `${nodes.length === 1 ? 'node' : 'nodes'} ${nodes.join(', ')}`;
}

function arm(): () => void {
  const undo = [patchGlobals(), hookModules(), catchUnhandled()];
  return () => {
    for (const step of undo.reverse()) step();
  };
}

/** In a process of its own an unhandled rejection ends the node, not the harness. */
function catchUnhandled(): () => void {
  const onRejection = (reason: unknown): void => {
    const place = places.getStore();
    if (place !== undefined) place.crash(reason);
    // To listen is to switch Node's own reaction off; for all that is no node's it is to stay.
    else if (process.listenerCount('unhandledRejection') === 1) throw reason;
  };
  process.on('unhandledRejection', onRejection);
  return () => process.off('unhandledRejection', onRejection);
}
