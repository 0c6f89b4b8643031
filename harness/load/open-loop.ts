/**
 * The load: clients that do not wait for one another. Requests arrive on a schedule that is fixed by the seed alone,
 * whatever the answers are, so a slow node cannot slow down those who ask it (which would hide its slowness: coordinated
 * omission). A request's `sent` is its moment in the schedule, not that of the system call: if the harness is late, its
 * lateness is in the latency.
 *
 * Arrivals are Poisson (exponential gaps): as of many independent users, and never in step with the millisecond ticks,
 * lease timers and probes of the run, as evenly spaced ones may be.
 */
import type { MintReply } from '../core/cluster.ts';
import { loadRate } from '../core/load-rate.ts';
import type { LoadRate } from '../core/load-rate.ts';
import type { Rng } from '../core/random.ts';
import type { Cancel, RunNs, Time } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';
import { batchSizes } from './batch-sizes.ts';
import { comparing, takingOf } from './comparing.ts';
import type { LoadedNode, LoadHandle, LoadOptions, LoadSecond, Offered } from './contract.ts';
import { createRequestLog } from './request-log.ts';
import type { RequestLog } from './request-log.ts';
import type { Counters } from './second.ts';
import { countReply, zero } from './second.ts';

/**
 * An arrival that the harness comes to this much later is not sent any more but counted as dropped: sent now, it would
 * be part of a burst that nobody asked for.
 */
const LATE_NS = msToNs(100);

/** What a client is allowed beyond its timeout at the end, for timers of a busy machine. */
const STOP_GRACE_MS = 250;

/** What it needs of `LoadOptions`: it lives in the harness itself, and ends with it. */
type OpenLoopOptions = Pick<LoadOptions, 'time' | 'nodes' | 'load' | 'simulated' | 'rng' | 'onSecond'>;

/** Starts at once. */
export function startOpenLoop(options: OpenLoopOptions): LoadHandle {
  const rate = loadRate(options.load);
  const { time, nodes, load, simulated, onSecond } = options;
  const batch = simulated ? load.simulated.batch : load.batch;
  const batchesPerSecond = simulated ? load.simulated.batchesPerSecond : load.idsPerSecond / load.batch.mean;
  // Twice what timeouts allow; an arrival above it is dropped.
  const inFlightMax = Math.ceil((2 * batchesPerSecond * rate.peak * load.timeoutMs) / 1000) + 16;
  const log = createRequestLog();
  const { every, ...sample } = comparing(load, simulated, nodes.length);

  let open = 0;
  let whenNoneOpen: (() => void) | undefined;
  const clients = nodes.map((node, index) => {
    const rng = options.rng.fork(`load of ${node.name}`);
    return new NodeClients(node, index, log, {
      time,
      timeoutMs: load.timeoutMs,
      meanGapNs: NS_PER_S / batchesPerSecond,
      rate,
      comparedEvery: every,
      inFlightMax: Math.min(inFlightMax, node.openMax ?? Infinity),
      gaps: rng.fork('arrivals'),
      nextSize: batchSizes(batch, rng.fork('sizes')),
      onOpen: () => {
        open++;
      },
      onClosed: () => {
        if (--open === 0) whenNoneOpen?.();
      },
    });
  });

  // At one moment for all: whoever reads the journal puts the nodes of a second together by it.
  const report = (): void => {
    const at = time.now();
    onSecond(clients.map((client) => client.takeSecond(at)));
  };
  let second = time.now();
  let cancelSecond: Cancel;
  const nextSecond = (): void => {
    second += NS_PER_S;
    cancelSecond = time.at(second, () => {
      report();
      nextSecond();
    });
  };
  nextSecond();
  for (const client of clients) client.start();

  const stopNow = async (): Promise<void> => {
    for (const client of clients) client.stop();
    if (open > 0) {
      let cancel: Cancel | undefined;
      await new Promise<void>((resolve) => {
        whenNoneOpen = resolve;
        cancel = time.at(time.now() + msToNs(load.timeoutMs + STOP_GRACE_MS), resolve);
      });
      cancel?.();
    }
    for (const client of clients) client.abandon();
    cancelSecond();
    report();
  };
  let stopped: Promise<void> | undefined;
  return {
    client: { client: 'built-in', ...sample },
    problems: () => [],
    stop: () => (stopped ??= stopNow()),
    requests: () => log.columns(),
    offered: () => clients.map((client) => client.offered()),
  };
}

interface NodeClientsOptions {
  readonly time: Time;
  readonly timeoutMs: number;
  /** At the start of the load. */
  readonly meanGapNs: number;
  readonly rate: LoadRate;
  readonly comparedEvery: number;
  readonly inFlightMax: number;
  readonly gaps: Rng;
  readonly nextSize: () => number;
  readonly onOpen: () => void;
  readonly onClosed: () => void;
}

/** An open request. Made once and used again: a request costs no closure and no promise. */
interface Slot {
  row: number;
  open: boolean;
  readonly done: (reply: MintReply) => void;
}

/** All clients of one node. */
class NodeClients {
  readonly #node: LoadedNode;
  readonly #index: number;
  readonly #log: RequestLog;
  readonly #options: NodeClientsOptions;
  readonly #slots: Slot[] = [];
  readonly #free: Slot[] = [];
  #began: RunNs = 0;
  /** The next arrival in the schedule, as `LoadRate.even` counts time. */
  #even = 0;
  /** And on the run's axis. */
  #next: RunNs = 0;
  #cancel: Cancel | undefined;
  #sent = 0;
  #late = 0;
  #crowded = 0;
  #idsAsked = 0;
  #second: Counters = zero();

  constructor(node: LoadedNode, index: number, log: RequestLog, options: NodeClientsOptions) {
    this.#node = node;
    this.#index = index;
    this.#log = log;
    this.#options = options;
  }

  start(): void {
    const { time } = this.#options;
    this.#began = time.now();
    this.#step();
    this.#cancel = time.at(this.#next, this.#arrivals);
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Gives up on what is still open. */
  abandon(): void {
    for (const slot of this.#slots) if (slot.open) slot.done({ status: 'no answer' });
  }

  takeSecond(at: RunNs): LoadSecond {
    const second = { at, node: this.#node.name, ...this.#second };
    this.#second = zero();
    return second;
  }

  offered(): Offered {
    const [sent, late, crowded] = [this.#sent, this.#late, this.#crowded];
    return { node: this.#node.name, asked: sent + late + crowded, sent, late, crowded, idsAsked: this.#idsAsked };
  }

  /** Everything that is due by now; more than one when arrivals lie closer than the timer's resolution. */
  readonly #arrivals = (): void => {
    const { time } = this.#options;
    const now = time.now();
    while (this.#next <= now) {
      if (now - this.#next > LATE_NS) this.#drop('late');
      else this.#send(this.#next);
      this.#step();
    }
    this.#cancel = time.at(this.#next, this.#arrivals);
  };

  /** At least 1 ns of even time, so that the schedule always moves on. */
  #step(): void {
    const { gaps, meanGapNs, rate } = this.#options;
    this.#even += Math.max(1, Math.round(gaps.exponential(meanGapNs)));
    this.#next = this.#began + Math.round(rate.moment(this.#even));
  }

  #send(at: RunNs): void {
    const { timeoutMs, inFlightMax, comparedEvery, nextSize, onOpen } = this.#options;
    const slot = this.#free.pop() ?? (this.#slots.length < inFlightMax ? this.#newSlot() : undefined);
    if (slot === undefined) return this.#drop('crowded');
    const size = nextSize();
    slot.row = this.#log.open(this.#index, at);
    slot.open = true;
    onOpen();
    const taking = takingOf(this.#sent++, comparedEvery);
    this.#second.sent++;
    this.#idsAsked += size;
    this.#node.mint(size, timeoutMs, slot.done, taking);
  }

  #drop(why: 'late' | 'crowded'): void {
    if (why === 'late') this.#late++;
    else this.#crowded++;
    this.#second.dropped++;
  }

  #newSlot(): Slot {
    const slot: Slot = { row: 0, open: false, done: (reply) => this.#close(slot, reply) };
    this.#slots.push(slot);
    return slot;
  }

  #close(slot: Slot, reply: MintReply): void {
    // After `abandon` an answer may still come: it came too late to be one.
    if (!slot.open) return;
    slot.open = false;
    this.#log.close(slot.row, this.#options.time.now(), reply);
    countReply(this.#second, reply);
    this.#free.push(slot);
    this.#options.onClosed();
  }
}
