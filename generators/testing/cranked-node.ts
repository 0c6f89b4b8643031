/**
 * A node whose clocks stand still until a test cranks them, beside a virtual etcd that answers at once: for tests that
 * must say what happens between two readings of a clock.
 */
import { EtcdSimStore } from '../../harness/coordinators/etcd-sim-store.ts';
import { CoordinationTimeout } from '../../harness/coordinators/coordination-errors.ts';
import { NO_RANGES } from '../../harness/coordinators/not-offered.ts';
import { createRng } from '../../harness/core/random.ts';
import type { Coordination, GeneratorEnv, Minter, ShellGenerator } from '../../harness/core/generator.ts';
import type { JsonObject } from '../../harness/core/json.ts';

export const START_MS = Date.UTC(2026, 0, 1);

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/** Time that passes only by `advance`. */
export class Crank {
  /** Milliseconds of every node's monotonic clock. */
  monotonicMs = 1000;
  readonly #timers: Timer[] = [];

  at(atMs: number, fire: () => void): () => void {
    const timer = { atMs, fire, cancelled: false };
    this.#timers.push(timer);
    return () => void (timer.cancelled = true);
  }

  /** Lets time pass, and everything happen that is due meanwhile, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.monotonicMs + ms;
    for (;;) {
      await settle();
      this.#timers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#timers[0];
      if (next === undefined || next.atMs > end) break;
      this.#timers.shift();
      this.monotonicMs = Math.max(this.monotonicMs, next.atMs);
      if (!next.cancelled) next.fire();
    }
    this.monotonicMs = end;
  }
}

export class CrankedCluster {
  readonly crank = new Crank();
  readonly store = new EtcdSimStore(
    { now: () => this.crank.monotonicMs * 1e6, schedule: (at, act) => this.crank.at(at / 1e6, act) },
    createRng('cranked'),
    () => {},
  );

  /** Starts a node whose clock is so far from START_MS and the monotonic clock. */
  async node(generator: ShellGenerator, options: JsonObject = { pool: 1 }, offsetMs = 0): Promise<CrankedNode> {
    const node = new CrankedNode(this, options);
    node.offsetMs = offsetMs;
    await node.start(generator);
    return node;
  }
}

export class CrankedNode {
  readonly #cluster: CrankedCluster;
  readonly #options: JsonObject;
  readonly #closing = new AbortController();
  /** What the wall clock shows beyond START_MS and the monotonic clock. */
  offsetMs = 0;
  /** No request reaches the coordinator. */
  cut = false;
  /** Called before each reading of the wall clock. */
  onClockRead: () => void = () => {};
  minter!: Minter;
  readonly #disk = new Map<string, Uint8Array>();
  /** Of this life; what an earlier one still waits for never comes. */
  #life = 0;
  /** 64-bit words of an ID. */
  #perId: 1 | 2 = 1;

  constructor(cluster: CrankedCluster, options: JsonObject) {
    this.#cluster = cluster;
    this.#options = options;
  }

  get wallMs(): number {
    return START_MS + this.#cluster.crank.monotonicMs + this.offsetMs;
  }

  /** Starts it, or kills it and starts it again: the disk stays. */
  async start(generator: ShellGenerator): Promise<void> {
    this.#life++;
    this.#perId = generator.layout.idBits === 128 ? 2 : 1;
    this.minter = await generator.node.create(this.#env());
    await this.#cluster.crank.advance(200);
  }

  /** Mints, letting time pass while the minter waits; the IDs, or the reason of the refusal. */
  async mint(count: number): Promise<bigint[] | string> {
    const into = new BigUint64Array(count * this.#perId);
    try {
      let result = this.minter.mint(into, count);
      if (typeof result !== 'number') {
        let open = true;
        const close = (): void => void (open = false);
        result.then(close, close);
        while (open) await this.#cluster.crank.advance(1);
        result = await result;
      }
      if (this.#perId === 1) return [...into.subarray(0, result)];
      return Array.from({ length: result }, (_, i) => (into[2 * i + 1]! << 64n) | into[2 * i]!);
    } catch (error) {
      return (error as Error).message;
    }
  }

  #env(): GeneratorEnv {
    const { crank } = this.#cluster;
    const { signal } = this.#closing;
    const life = this.#life;
    const whileAlive = <Value>(value: Value): Promise<Value> =>
      this.#life === life ? Promise.resolve(value) : new Promise(() => {});
    return {
      wallMs: () => {
        this.onClockRead();
        return Math.floor(this.wallMs);
      },
      monotonicNs: () => BigInt(Math.floor(crank.monotonicMs * 1e6)),
      sleep: (ms) =>
        new Promise<void>((resolve) => crank.at(crank.monotonicMs + ms, resolve)).then(() => whileAlive(undefined)),
      random: () => 0.5,
      refusal: (reason) => new Error(reason),
      log: () => {},
      signal,
      options: this.#options,
      host: { name: 'n1', index: 0, incarnation: life },
      coordination: this.#coordination(),
      ranges: NO_RANGES,
      disk: {
        read: async (name) => this.#disk.get(name),
        write: async (name, bytes) => void this.#disk.set(name, bytes),
      },
    };
  }

  #coordination(): Coordination {
    const { crank, store } = this.#cluster;
    const carry = async <Answer>(deadlineMs: number, act: () => Answer): Promise<Answer> => {
      if (!this.cut) return act();
      await new Promise<void>((resolve) => crank.at(crank.monotonicMs + deadlineMs, resolve));
      throw new CoordinationTimeout('cut');
    };
    return {
      range: (prefix, deadlineMs) => carry(deadlineMs, () => store.range(prefix)),
      txn: (compares, yes, no, deadlineMs) => carry(deadlineMs, () => store.txn(compares, yes, no)),
      grant: (ttlMs, deadlineMs) => carry(deadlineMs, () => store.grant(ttlMs)),
      keepAlive: (lease, deadlineMs) => carry(deadlineMs, () => store.keepAlive(lease)),
      revoke: (lease, deadlineMs) => carry(deadlineMs, () => store.revoke(lease)),
    };
  }
}

/** Lets every promise that can go on do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
