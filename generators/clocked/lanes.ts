/** Lanes of one minter, and the lock under which they share it, as requests of one process do. */
import type { Minter } from '../../harness/core/generator.ts';

/** In order of arrival; at once where nobody holds it. */
export class Lock {
  #holder: Promise<unknown> | undefined;

  run<Result>(act: () => Result | Promise<Result>): Result | Promise<Result> {
    const result = this.#holder === undefined ? act() : this.#holder.then(act);
    if (result instanceof Promise) this.#hold(result);
    return result;
  }

  #hold(until: Promise<unknown>): void {
    const free = (): void => {
      if (this.#holder === holder) this.#holder = undefined;
    };
    const holder: Promise<unknown> = until.then(free, free);
    this.#holder = holder;
  }
}

/** The minter with so many lanes, each of which mints by `mint`. */
export function withLanes(lanes: number, minter: Minter, mint: Minter['mint']): Minter {
  const lane: Minter = { mint, holding: () => minter.holding(), close: () => minter.close() };
  const overflowWaits = (): number | undefined => minter.overflowWaits?.();
  return { ...lane, overflowWaits, moreLanes: Array.from({ length: lanes - 1 }, () => lane) };
}
