/**
 * The run's axis on real clocks, and where it lies.
 */
import type { SendOrder } from './agent-client.ts';
import { NS_PER_MS, runNs as stampToRunNs, type Cancel, type Origin, type RunNs, type Time } from '../../core/time.ts';

/** Both clocks of the kernel that runs the cluster, read at one instant. */
export interface KernelClocks {
  readonly monotonicNs: bigint;
  readonly realtimeNs: bigint;
}

const ROUNDS = 5;
/** Longer timeouts overflow in Node and fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Reads them by an agent: as the nodes see them. */
export async function readClocks(send: SendOrder): Promise<KernelClocks> {
  const { monotonicNs, realtimeNs } = await send({ do: 'clock' });
  return { monotonicNs: BigInt(monotonicNs as string), realtimeNs: BigInt(realtimeNs as string) };
}

/** So exactly has a tick of the wall clock to be seen, or as exactly as in so many tries on a machine that interrupts. */
const TICK_NS = 30_000n;
const TICKS_MAX = 20;

/** Reads them here, in this process's own kernel. */
export async function readOwnClocks(): Promise<KernelClocks> {
  let best = readAtTick();
  for (let tries = 1; best.widthNs > TICK_NS && tries < TICKS_MAX; tries++) {
    const next = readAtTick();
    if (next.widthNs < best.widthNs) best = next;
  }
  return best;
}

/** Date.now() has whole milliseconds: exact only where it ticks, which it did within `widthNs` before this reading. */
function readAtTick(): KernelClocks & { readonly widthNs: bigint } {
  const before = Date.now();
  let earlier = process.hrtime.bigint();
  let last = earlier;
  for (;;) {
    const unixMs = Date.now();
    const monotonicNs = process.hrtime.bigint();
    if (unixMs !== before)
      return { monotonicNs, realtimeNs: BigInt(unixMs) * 1_000_000n, widthNs: monotonicNs - earlier };
    earlier = last;
    last = monotonicNs;
  }
}

/**
 * Begins a run: asks the cluster's kernel for its clocks a few times and lays the origin at the first answer.
 *
 * When every reading lies between the harness's own readings before and after, both have one clock (one kernel) and the
 * error is 0. Otherwise (an engine in a virtual machine) the tightest round decides, and half its width is the error.
 */
export async function startTime(ask: () => Promise<KernelClocks>): Promise<{ time: Time; origin: Origin }> {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.hrtime.bigint();
    const clocks = await ask();
    rounds.push({ ...clocks, before, after: process.hrtime.bigint() });
  }
  const oneClock = rounds.every(({ monotonicNs, before, after }) => before <= monotonicNs && monotonicNs <= after);
  const tightest = rounds.reduce((best, round) =>
    round.after - round.before < best.after - best.before ? round : best,
  );
  const width = tightest.after - tightest.before;
  /** Cluster's clock minus harness's clock. */
  const shift = oneClock ? 0n : tightest.monotonicNs - (tightest.before + width / 2n);
  // A reader that was interrupted between its two clocks read the monotonic one too late: the largest difference is right.
  const realtimeMinusMonotonic = rounds
    .map(({ monotonicNs, realtimeNs }) => realtimeNs - monotonicNs)
    .reduce((largest, difference) => (difference > largest ? difference : largest));

  const originNs = process.hrtime.bigint() + shift;
  return {
    time: new RealTime(originNs - shift),
    origin: {
      monotonicNs: originNs.toString(),
      unixMs: Number(originNs + realtimeMinusMonotonic) / NS_PER_MS,
      errorNs: oneClock ? 0 : Number(width / 2n),
    },
  };
}

/** A moment on the cluster's monotonic clock, as members write it (a decimal string), as run time. */
export function runNs(origin: Origin, monotonicNs: string): RunNs {
  return stampToRunNs(BigInt(origin.monotonicNs), BigInt(monotonicNs));
}

/** `Time` over process.hrtime and timers. */
export class RealTime implements Time {
  readonly #originNs: bigint;

  /** The run's origin on this process's own monotonic clock. */
  constructor(originNs: bigint) {
    this.#originNs = originNs;
  }

  now(): RunNs {
    return Number(process.hrtime.bigint() - this.#originNs);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const aborted = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.at(this.now() + ms * NS_PER_MS, () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  /** Never early: Node's timers may fire up to a millisecond before their time, so they are set again for the rest. */
  at(at: RunNs, callback: () => void): Cancel {
    let timer: NodeJS.Timeout | undefined;
    let immediate: NodeJS.Immediate | undefined;
    const wait = (): void => {
      const leftMs = (at - this.now()) / NS_PER_MS;
      if (leftMs <= 0) immediate = setImmediate(callback);
      else timer = setTimeout(wake, Math.min(Math.ceil(leftMs), LONGEST_TIMEOUT_MS));
    };
    const wake = (): void => {
      if (this.now() >= at) callback();
      else wait();
    };
    wait();
    return () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    };
  }
}
