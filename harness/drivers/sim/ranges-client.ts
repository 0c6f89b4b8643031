/** How a simulated node reaches the virtual PostgreSQL. */
import type { Range, Ranges } from '../../core/ranges.ts';
import type { PostgresSimStore } from '../../coordinators/postgres-sim.ts';
import type { Requester } from './requester.ts';

export class RangesClient implements Ranges {
  readonly #requester: Requester<PostgresSimStore>;

  constructor(requester: Requester<PostgresSimStore>) {
    this.#requester = requester;
  }

  next(key: string, step: number, deadlineMs: number): Promise<Range> {
    return this.#requester.call('write', (store) => store.next(key, step), deadlineMs);
  }

  highest(key: string, deadlineMs: number): Promise<bigint> {
    return this.#requester.call('read', (store) => store.highest(key), deadlineMs);
  }

  setHighest(key: string, to: bigint, deadlineMs: number): Promise<void> {
    return this.#requester.call('write', (store) => store.setHighest(key, to), deadlineMs);
  }
}
