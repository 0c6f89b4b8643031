/**
 * Ends a run at its first violation of a promise, where that was asked for (`--fail-fast`): what follows would only repeat
 * it. The cluster is healed, the taps are drained and the run is judged, as at any other end.
 */
import type { JournalEntry } from '../../core/journal.ts';
import type { Promise_ } from '../../core/guarantee.ts';
import type { LiveFinding } from '../../core/live.ts';

export interface EarlyEndOptions {
  readonly failFast: boolean;
  readonly promises: readonly Promise_[];
  readonly journal: { readonly entries: readonly JournalEntry[] };
  /** Of the user. */
  readonly signal: AbortSignal;
}

/** Why the signal of an early end is aborted. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
}

export class EarlyEnd {
  readonly #options: EarlyEndOptions;
  readonly #ending = new AbortController();
  /** Aborted by the user, or with an `EndedEarly`. */
  readonly signal: AbortSignal;

  constructor(options: EarlyEndOptions) {
    this.#options = options;
    this.signal = AbortSignal.any([options.signal, this.#ending.signal]);
  }

  take({ guarantee, what }: LiveFinding): void {
    if (!this.#options.failFast || this.signal.aborted || !this.#isPromised(guarantee)) return;
    this.#ending.abort(new EndedEarly(`--fail-fast: ${guarantee}: ${what}`));
  }

  /** Nothing may be ended for what the judge may come to excuse. */
  #isPromised(guarantee: LiveFinding['guarantee']): boolean {
    const { promises, journal } = this.#options;
    const promise = promises.find((one) => one.guarantee === guarantee);
    if (promise === undefined) return false;
    const { assuming = [] } = promise;
    const rolledBack = journal.entries.some(({ kind }) => kind === 'rollback');
    return !assuming.some(
      (assumption) =>
        assumption === 'coordinator keeps leases' || (rolledBack && assumption === 'coordinator never rolls back'),
    );
  }
}
