/**
 * Whether the coordinator answers this node: told by every call that the generator makes, and by none besides.
 */
import type { Coordination } from '../../harness/core/generator.ts';
import type { Ranges } from '../../harness/core/ranges.ts';

const NS_PER_S = 1e9;

export class CoordinatorAnswers {
  readonly #monotonicNs: () => bigint;
  #asked = false;
  #unansweredSince: bigint | undefined;

  constructor(monotonicNs: () => bigint) {
    this.#monotonicNs = monotonicNs;
  }

  /** Since the first failed call after which none was answered; 0: the last one was. Undefined: nobody asked yet. */
  unansweredSeconds(): number | undefined {
    if (this.#unansweredSince !== undefined) return Number(this.#monotonicNs() - this.#unansweredSince) / NS_PER_S;
    return this.#asked ? 0 : undefined;
  }

  coordination(inner: Coordination): Coordination {
    return {
      range: (...args) => this.#watch(inner.range(...args)),
      txn: (...args) => this.#watch(inner.txn(...args)),
      grant: (...args) => this.#watch(inner.grant(...args)),
      keepAlive: (...args) => this.#watch(inner.keepAlive(...args)),
      revoke: (...args) => this.#watch(inner.revoke(...args)),
    };
  }

  ranges(inner: Ranges): Ranges {
    return {
      next: (...args) => this.#watch(inner.next(...args)),
      highest: (...args) => this.#watch(inner.highest(...args)),
      setHighest: (...args) => this.#watch(inner.setHighest(...args)),
    };
  }

  async #watch<Answer>(call: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await call;
      this.#asked = true;
      this.#unansweredSince = undefined;
      return answer;
    } catch (error) {
      this.#unansweredSince ??= this.#monotonicNs();
      throw error;
    }
  }
}
