/**
 * A circuit breaker before the coordinator: after several failures in a row nothing is asked for a while, then one trial
 * call goes through. It spares the coordinator the question, and the node the wait; whoever holds something by a lease
 * must still stop when the lease runs out, because nobody asked.
 */
import type { Coordination } from '../../harness/core/generator.ts';

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it lets nothing through once it is open. */
  readonly openMs: number;
  /** How long nothing may fail after a trial call until it takes several failures again to open it. */
  readonly quietMs: number;
}

export type BreakerState = 'closed' | 'open' | 'on trial' | 'half open';

/** What it throws when it lets nothing through: the call was certainly not carried out. */
export class BreakerOpen extends Error {
  override readonly name = 'CoordinationRefused';

  constructor() {
    super('the circuit breaker is open');
  }
}

export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #nowMs: () => number;
  #state: BreakerState = 'closed';
  #failures = 0;
  /** When it opened, or when the last call failed since it was half open. */
  #sinceMs = 0;

  /** `nowMs`: a monotonic clock, in milliseconds. */
  constructor(settings: BreakerSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Makes the call, or throws `BreakerOpen`. */
  async call<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (!this.#admits()) throw new BreakerOpen();
    try {
      const answer = await ask();
      this.#succeeded();
      return answer;
    } catch (error) {
      this.#failed();
      throw error;
    }
  }

  /** While it is open or a trial call is under way, nothing else goes through. */
  #admits(): boolean {
    if (this.#state === 'on trial') return false;
    if (this.#state !== 'open') return true;
    if (this.#nowMs() - this.#sinceMs < this.#settings.openMs) return false;
    this.#state = 'on trial';
    return true;
  }

  #succeeded(): void {
    const now = this.#nowMs();
    // A call from before it opened tells nothing of now.
    if (this.#state === 'open') return;
    if (this.#state === 'on trial') {
      this.#state = 'half open';
      this.#sinceMs = now;
    } else if (this.#state === 'half open' && now - this.#sinceMs >= this.#settings.quietMs) this.#state = 'closed';
    if (this.#state === 'closed') this.#failures = 0;
  }

  #failed(): void {
    if (this.#state === 'open') return;
    this.#failures++;
    if (this.#state === 'closed' && this.#failures < this.#settings.failures) return;
    this.#state = 'open';
    this.#failures = 0;
    this.#sinceMs = this.#nowMs();
  }
}

/** The same coordinator behind a breaker. */
export function behindBreaker(coordination: Coordination, breaker: CircuitBreaker): Coordination {
  return {
    range: (...of) => breaker.call(() => coordination.range(...of)),
    txn: (...of) => breaker.call(() => coordination.txn(...of)),
    grant: (...of) => breaker.call(() => coordination.grant(...of)),
    keepAlive: (...of) => breaker.call(() => coordination.keepAlive(...of)),
    revoke: (...of) => breaker.call(() => coordination.revoke(...of)),
  };
}
