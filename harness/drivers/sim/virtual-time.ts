/**
 * Virtual time: a heap of events and a loop that takes one after the other. Nothing here waits for a real clock.
 *
 * What lives on it is plain async code. After an event that settled a promise the loop returns to Node and comes back
 * by `setImmediate`, when all that followed in microtasks has run; after one that settled none (an arrival of the load
 * that was answered in place) it goes straight on: that is the hot path.
 *
 * The loop runs for as long as the harness waits for something: a sleep, a scheduled callback, an answer of the cluster.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import type { Cancel, RunNs, Time } from '../../core/time.ts';
import { msToNs, nsToMs } from '../../core/time.ts';

interface Event {
  readonly at: RunNs;
  /** Events of one moment happen in the order in which they were scheduled. */
  readonly order: number;
  /** Scheduled by the harness through `at`: it waits for this one. */
  readonly awaited: boolean;
  /** Undefined: cancelled or over. */
  act: (() => void) | undefined;
}

export class VirtualTime implements Time {
  readonly #heap: Event[] = [];
  /** Rejects each wait of the harness that is open. */
  readonly #waits = new Set<(error: unknown) => void>();
  /** The loop must not inherit the context of a simulated node that happens to wake it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #now: RunNs = 0;
  #scheduled = 0;
  /** How many things the harness waits for. */
  #interest = 0;
  /** How many real things are under way, for which virtual time stands still. */
  #still = 0;
  #ticking = false;
  #settled = false;
  #inPlace = false;
  #disposed = false;

  now(): RunNs {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    return this.waiting<void>((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.schedule(this.#now + msToNs(ms), () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  at(at: RunNs, callback: () => void): Cancel {
    const event = this.#push(at, callback, true);
    this.beginInterest();
    return () => {
      if (event.act === undefined) return;
      event.act = undefined;
      this.endInterest();
    };
  }

  /** An event of the simulated world. The loop does not run for its sake. */
  schedule(at: RunNs, act: () => void): Cancel {
    const event = this.#push(at, act, false);
    return () => {
      event.act = undefined;
    };
  }

  /** A promise that the harness waits for and the simulated world settles. */
  waiting<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    if (this.#disposed) return Promise.reject(new Error('This simulated cluster is gone: its time stands still.'));
    return new Promise<T>((resolve, reject) => {
      const end = (): boolean => {
        if (!this.#waits.delete(fail)) return false;
        this.endInterest();
        this.settled();
        return true;
      };
      const fail = (error: unknown): void => {
        if (end()) reject(error);
      };
      this.#waits.add(fail);
      this.beginInterest();
      start((value) => {
        if (end()) resolve(value);
      }, fail);
    });
  }

  /**
   * Waits for something real, such as the reading of a file; no virtual time passes meanwhile. However many turns of
   * Node it takes, all that the event at hand set off has run before the promise settles, so that runs stay repeatable.
   */
  async standStill<T>(real: () => Promise<T>): Promise<T> {
    this.#still++;
    try {
      return await real();
    } finally {
      await new Promise((resolve) => this.#outside(setImmediate, resolve));
      this.#still--;
      // Whoever waited is as gone as the cluster.
      if (this.#disposed) await new Promise(() => undefined);
      this.#tick();
    }
  }

  beginInterest(): void {
    this.#interest++;
    this.#tick();
  }

  endInterest(): void {
    this.#interest--;
  }

  /** The event at hand settled a promise: what follows from it runs before the next event. */
  settled(): void {
    this.#settled = true;
  }

  /** The callback at hand was answered in place and settled nothing: the loop may go straight on. */
  answeredInPlace(): void {
    this.#inPlace = true;
  }

  /** Stops for good. Open waits stay open: whoever still waits is as gone as the cluster. */
  dispose(): void {
    this.#disposed = true;
    this.#heap.length = 0;
    this.#waits.clear();
  }

  #tick(): void {
    if (this.#ticking || this.#disposed || this.#still > 0) return;
    this.#ticking = true;
    this.#outside(setImmediate, this.#run);
  }

  readonly #run = (): void => {
    this.#ticking = false;
    while (this.#interest > 0 && this.#still === 0 && !this.#disposed) {
      const event = this.#pop();
      if (event === undefined) return this.#starve();
      const act = event.act as () => void;
      event.act = undefined;
      this.#now = event.at;
      this.#settled = false;
      this.#inPlace = false;
      if (event.awaited) {
        this.endInterest();
        act();
        if (!this.#inPlace) this.#settled = true;
      } else act();
      if (this.#settled) return this.#tick();
    }
  };

  /** The alternative is to hang without a word. */
  #starve(): void {
    const error = new Error(
      `The simulated cluster has nothing left to do at ${nsToMs(this.#now)} ms, and yet ${this.#interest} things are waited for: a defect of the simulator.`,
    );
    for (const fail of [...this.#waits]) fail(error);
  }

  #push(at: RunNs, act: () => void, awaited: boolean): Event {
    const event: Event = { at: Math.max(at, this.#now), order: this.#scheduled++, awaited, act };
    if (this.#disposed) return event;
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent] as Event, event)) break;
      heap[index] = heap[parent] as Event;
      index = parent;
    }
    heap[index] = event;
    return event;
  }

  /** The next event that is not cancelled. */
  #pop(): Event | undefined {
    const heap = this.#heap;
    for (;;) {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) sink(heap, last);
      if (first.act !== undefined) return first;
    }
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Puts `event` into the empty root. */
function sink(heap: Event[], event: Event): void {
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
    if (isBefore(event, heap[child] as Event)) break;
    heap[index] = heap[child] as Event;
    index = child;
  }
  heap[index] = event;
}
