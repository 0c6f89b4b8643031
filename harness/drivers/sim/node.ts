/**
 * A simulated node: its process (killed, started, stopped), its clock, its links, its clients.
 *
 * A node stands still when it is stopped, and also while its own time is ahead: a pause that fell inside `mint` takes
 * the node's time ahead within the synchronous call, and the rest of the world has to catch up before the node does
 * anything else.
 */
import type {
  ClockControl,
  ClockSetting,
  ClusterNode,
  MintReply,
  NetworkControl,
  NodeHealth,
  ProcessControl,
  Taking,
  Termination,
} from '../../core/cluster.ts';
import { optionsOf, placeOf, TRUE_CLOCK } from '../../core/cluster.ts';
import type { ShellNode } from '../../core/generator.ts';
import type { Rng } from '../../core/random.ts';
import type { Cancel, RunNs } from '../../core/time.ts';
import { messageOf, SnowglobeError } from '../../core/errors.ts';
import { msToNs } from '../../core/time.ts';
import { NodeClock } from './clock.ts';
import { Cpu, shareSeen } from './cpu-share.ts';
import { NodeDisk } from './disk.ts';
import { healthOf } from './health.ts';
import { Interruptions } from './interruptions.ts';
import type { Answer } from './lane.ts';
import { Life } from './life.ts';
import { memberNetwork } from './member-network.ts';
import type { NodeWorld } from './node-world.ts';
import { OpenRequest } from './open-request.ts';
import { Waiting } from './waiting.ts';

/** From the order to start until the process runs, and the spread of the first starts of a cluster. */
const START_MS = { min: 70, max: 120 };
const FIRST_START_MAX_MS = 300;
/** How often a disturbance falls inside `mint`, if one comes in time. */
const PAUSE_INSIDE = 0.85;
const STEP_INSIDE = 0.5;
/** Requests that may wait while a call of `mint` is open. */
const QUEUE_MAX = 256;
/** Lines that a node's log keeps. */
const LOG_LINES = 1000;

const NO_ANSWER: MintReply = { status: 'no answer' };
const STARTING: MintReply = { status: 'refused', reason: 'starting' };
const BUSY: MintReply = { status: 'refused', reason: 'busy' };

/** An order to start that was not carried out yet. */
interface Starting {
  readonly cancel: Cancel;
  readonly whenOver: (() => void)[];
}

export class SimNode implements ClusterNode {
  readonly name: string;
  readonly process: ProcessControl;
  readonly network: NetworkControl;
  readonly clock: ClockControl;
  readonly lastWords = async (): Promise<string | undefined> => this.#lastWords;
  /** The last lines of its log. */
  readonly logLines: string[] = [];
  readonly #index: number;
  readonly #world: NodeWorld;
  readonly #rng: Rng;
  readonly #wall: NodeClock;
  readonly #disk = new NodeDisk();
  readonly #interruptions: Interruptions;
  #life: Life | undefined;
  /** Why its last life ended by itself; undefined when it did not. */
  #lastWords: string | undefined;
  #lives = 0;
  #starting: Starting | undefined;
  #stopped = false;
  readonly #cpu: Cpu;
  /** The node's own time, when a pause inside `mint` took it ahead of the world's. */
  #aheadUntil: RunNs = 0;
  /** What waits for the node to go on. */
  readonly #onWake = new Waiting();
  /** Arrived while the node stood still or its lanes were taken. */
  #queue: OpenRequest[] = [];
  #pumping = false;
  /** Sent by clients that still wait. */
  readonly #open = new Set<OpenRequest>();
  /** The latest order to the clock, so that an earlier one that has not fallen yet does not undo it. */
  #clockOrders = 0;
  #pauseOrders = 0;
  /** An order to the clock that came while the node's time was ahead. */
  #heldClock: (() => void) | undefined;

  constructor(name: string, index: number, world: NodeWorld, rng: Rng) {
    this.name = name;
    this.#index = index;
    this.#world = world;
    this.#rng = rng;
    this.#wall = new NodeClock(world.origin);
    this.#cpu = new Cpu(world.time, () => this.#wake());
    this.#interruptions = new Interruptions(world.time, rng.fork('interruptions'));
    this.network = memberNetwork(name, world.network, world.time);
    this.clock = { backend: 'virtual', set: (setting) => this.#setClock(setting) };
    this.process = {
      kill: async () => this.#kill(),
      start: () => this.#start(),
      pause: (plannedMs) => this.#pause(plannedMs),
      resume: () => this.#resume(),
      terminate: (graceMs) => this.#terminate(graceMs),
      slow: async (percent) => this.#cpu.slow(percent),
      share: (forMs) => this.#shareSeen(forMs),
      alive: async () => this.listens(),
      identity: async () => (this.#life === undefined ? undefined : `life ${this.#life.incarnation}`),
    };
  }

  /** Whether its process is there; one that is stopped is. */
  listens(): boolean {
    return this.#life !== undefined;
  }

  /** The first start. Nobody waits for it. */
  launch(): void {
    this.#startWithin(0, FIRST_START_MAX_MS);
  }

  /** Undoes what faults did, at once. */
  async heal(): Promise<void> {
    this.#clockOrders++;
    this.#wall.set(TRUE_CLOCK, this.#now());
    this.#cpu.slow(100);
    await this.#resume();
    await this.process.start();
  }

  health(timeoutMs: number): Promise<NodeHealth> {
    const life = this.#life;
    if (life === undefined) return Promise.reject(new Error(`${this.name} does not run`));
    if (life.closing) return Promise.reject(new Error(`${this.name} closes`));
    const { time } = this.#world;
    if (!this.#stands()) return this.#healthOf(life);
    return time.waiting((resolve, reject) => {
      const cancel = time.schedule(time.now() + msToNs(timeoutMs), () =>
        reject(new Error(`${this.name} gave no answer within ${timeoutMs} ms`)),
      );
      this.#onWake.add(() => {
        cancel();
        this.#healthOf(life).then(resolve, reject);
      });
    });
  }

  mint(count: number, timeoutMs: number, done: Answer, taking: Taking = 'count only'): void {
    const { time } = this.#world;
    const life = this.#life;
    const gone = life === undefined || life.closing;
    const mute = gone || life.lanes.length === 0;
    const inPlace = gone ? NO_ANSWER : mute && !this.#stands() ? STARTING : undefined;
    if (inPlace !== undefined || mute) {
      time.answeredInPlace();
      return done(inPlace ?? NO_ANSWER);
    }
    const lane = this.#stands() ? undefined : life.freeLane();
    if (lane === undefined) {
      if (!this.#stands() && this.#queue.length >= QUEUE_MAX) return done(BUSY);
      this.#queue.push(this.#openRequest({ count, taking }, timeoutMs, done));
      return;
    }
    lane.mint(count, done, taking);
    if (!lane.open) return time.answeredInPlace();
    const request = this.#openRequest({ count, taking }, timeoutMs, done);
    lane.answerBy((reply) => request.answer(reply));
  }

  #openRequest(asked: { count: number; taking: Taking }, timeoutMs: number, done: Answer): OpenRequest {
    const request: OpenRequest = new OpenRequest(asked, this.#world.time, timeoutMs, done, () =>
      this.#open.delete(request),
    );
    this.#open.add(request);
    return request;
  }

  // ---- the process ----

  async #start(): Promise<void> {
    if (this.#life !== undefined) return;
    const starting = this.#starting ?? this.#startWithin(START_MS.min, START_MS.max);
    await this.#world.time.waiting<void>((resolve) => starting.whenOver.push(resolve));
  }

  #startWithin(minMs: number, maxMs: number): Starting {
    const { time } = this.#world;
    const cancel = time.schedule(time.now() + msToNs(this.#rng.real(minMs, maxMs)), () => void this.#load(starting));
    const starting: Starting = { cancel, whenOver: [] };
    return (this.#starting = starting);
  }

  /** Loads what the process runs, which takes no virtual time, and runs it. */
  async #load(starting: Starting): Promise<void> {
    const { time, load } = this.#world;
    const create: ShellNode['create'] = await time.standStill(load).then(
      ({ node }) =>
        (env) =>
          node.create(env),
      (error: unknown) => () => {
        throw error;
      },
    );
    if (this.#starting !== starting) return;
    this.#begin(create);
    this.#endStarting();
  }

  /** It runs, or was killed before it did. */
  #endStarting(): void {
    const starting = this.#starting;
    this.#starting = undefined;
    starting?.cancel();
    for (const over of starting?.whenOver ?? []) over();
  }

  #begin(create: ShellNode['create']): void {
    const life = this.#newLife(++this.#lives);
    this.#life = life;
    this.#lastWords = undefined;
    life.begin(create).catch((error: unknown) => this.#crash(life, error));
  }

  #kill(): void {
    this.#endStarting();
    const { time } = this.#world;
    if (this.#life !== undefined) this.#life.diedAt = time.now();
    this.#life = undefined;
    this.#stopped = false;
    this.#aheadUntil = 0;
    this.#applyHeldClock();
    this.#onWake.clear();
    this.#queue = [];
    this.#interruptions.strikeAll();
    // The connections break. Whether their requests were carried out, no client can know.
    for (const request of [...this.#open]) request.answer(NO_ANSWER);
  }

  /** An error that nobody handles ends a process. */
  #crash(life: Life, error: unknown): void {
    if (this.#life !== life) return;
    // What the user gave wrong is told by the guard, once.
    this.#lastWords = error instanceof SnowglobeError ? undefined : messageOf(error);
    this.#kill();
  }

  async #pause(plannedMs: number): Promise<void> {
    if (this.#life === undefined || this.#stopped) return;
    const order = ++this.#pauseOrders;
    if (this.#stands() || !this.#rng.chance(PAUSE_INSIDE)) {
      this.#stopped = true;
      return;
    }
    await this.#interruptions.arm((where) => {
      if (order !== this.#pauseOrders || this.#life === undefined) return;
      if (where === 'outside') this.#stopped = true;
      else this.#goAhead(plannedMs);
    });
  }

  /** Takes the node's own time ahead; the world catches up while the node stands still. */
  #goAhead(ms: number): void {
    this.#goAheadTo(this.#now() + msToNs(ms));
  }

  #goAheadTo(until: RunNs): void {
    const life = this.#life;
    this.#aheadUntil = until;
    this.#world.time.schedule(this.#aheadUntil, () => {
      if (this.#life === life) this.#wake();
    });
  }

  /** A pause inside `mint` ends when it was planned to end: the node has lived through it already. */
  async #resume(): Promise<void> {
    this.#pauseOrders++;
    if (this.#stopped) {
      this.#stopped = false;
      this.#wake();
    }
    if (!this.#stands()) return;
    const { time } = this.#world;
    await time.waiting<void>((resolve) => time.schedule(this.#aheadUntil, resolve));
  }

  /** SIGTERM: it closes as the shell does, when it can, and is gone then. */
  #terminate(graceMs: number): Promise<Termination> {
    const { time } = this.#world;
    const life = this.#life;
    if (life === undefined) return Promise.resolve('not running');
    return time.waiting<Termination>((resolve) => {
      const late = time.schedule(time.now() + msToNs(graceMs), () =>
        resolve(this.#life === life ? 'still running' : 'not running'),
      );
      const end = (how: Termination): void => {
        if (this.#life !== life) return;
        late();
        this.#kill();
        resolve(how);
      };
      this.#deliver(life, () => {
        // Until the generator has made its minter, nothing handles the signal.
        if (life.lanes.length === 0) end('signalled');
        else if (!life.closing) life.close(() => end('exited'));
      });
    });
  }

  #shareSeen(forMs: number): Promise<number | undefined> {
    const life = this.#life;
    const runs = (): boolean | undefined =>
      life === undefined || this.#life !== life ? undefined : !this.#stopped && this.#cpu.runs;
    return shareSeen(this.#world.time, forMs, runs);
  }

  /** What the code does between two readings of a clock takes time, where it has to share the CPU. */
  #work(): void {
    const now = this.#now();
    const done = this.#cpu.workedFrom(now);
    if (done > now) this.#goAheadTo(done);
  }

  #stands(): boolean {
    return this.#stopped || this.#aheadUntil > this.#world.time.now() || !this.#cpu.runs;
  }

  /** What came in while the node stood still happens now: its own timers and answers first, or its clients. */
  #wake(): void {
    if (this.#stands()) return;
    this.#applyHeldClock();
    const { time } = this.#world;
    const waiting = this.#onWake.take();
    const serve = (): void => this.#pump();
    const steps = this.#rng.chance(0.5) ? [...waiting, serve] : [serve, ...waiting];
    const life = this.#life;
    // One event each, so that what follows from one runs before the next.
    for (const step of steps)
      time.schedule(time.now(), () => {
        if (this.#life !== life) return;
        if (!this.#stands()) this.#deliver(life, step);
        else if (step !== serve) this.#onWake.putOff(step);
      });
  }

  // ---- what the world does to its code ----

  #deliver(life: Life | undefined, act: () => void): void {
    if (life === undefined || this.#life !== life) return;
    if (this.#stands()) this.#onWake.add(act);
    else {
      this.#world.time.settled();
      act();
    }
  }

  /** Serves the queue for as long as a lane is free. */
  #pump(): void {
    const life = this.#life;
    if (life === undefined || this.#pumping) return;
    this.#pumping = true;
    while (this.#queue.length > 0 && !this.#stands()) {
      const lane = life.freeLane();
      if (lane === undefined) break;
      const request = this.#queue.shift() as OpenRequest;
      if (request.isOpen) lane.mint(request.count, (reply) => request.answer(reply), request.taking);
    }
    this.#pumping = false;
  }

  #newLife(incarnation: number): Life {
    const { time, origin, history, guard, spec, coordinator, perId } = this.#world;
    const rng = this.#rng.fork(`life ${incarnation}`);
    const after = (ms: number, act: () => void): Cancel =>
      time.schedule(this.#now() + msToNs(ms), () => this.#deliver(life, act));
    const now = (): RunNs => this.#now();
    const { coordination, ranges } = coordinator.connect(
      {
        name: this.name,
        incarnation,
        now,
        after,
        deliver: (act) => this.#deliver(life, act),
        hadSent: (at) => at <= life.diedAt,
      },
      rng,
    );
    const life: Life = new Life({
      nodeIndex: this.#index,
      perId,
      name: this.name,
      incarnation,
      history,
      origin,
      rng,
      options: optionsOf(spec, this.name),
      place: placeOf(spec, this.name),
      disk: this.#disk,
      coordination,
      ranges,
      inside: guard.node(this.name, (reason) => this.#crash(life, reason)),
      now,
      wallMs: () => this.#wall.wallMs(this.#now()),
      stands: () => this.#stands(),
      whenAwake: (act) => this.#onWake.add(act),
      onFree: () => {
        if (this.#queue.length > 0) this.#pump();
      },
      onCall: (count) => this.#interruptions.callBegins(count),
      onCalled: () => this.#interruptions.callEnds(),
      onReading: () => {
        this.#work();
        this.#interruptions.reading();
      },
      after,
      faulty: (what) => guard.fault(what, incarnation),
      onCrash: (error) => this.#crash(life, error),
      log: (message) => {
        this.logLines.push(message);
        if (this.logLines.length > LOG_LINES) this.logLines.shift();
      },
    });
    return life;
  }

  #healthOf(life: Life): Promise<NodeHealth> {
    const { time, leases } = this.#world;
    const now = this.#now();
    const facts = { leases, now, wallMs: this.#wall.wallMs(now), at: time.now() };
    return healthOf(life, facts, (error) => this.#crash(life, error));
  }

  // ---- the clock ----

  async #setClock(setting: ClockSetting): Promise<void> {
    const order = ++this.#clockOrders;
    const fall = (): void => {
      if (order === this.#clockOrders) this.#wall.set(setting, this.#now());
    };
    if (this.#wall.shows(setting)) return;
    if (this.#life === undefined || this.#stopped) return fall();
    // Nobody can ask a node that is ahead; to its own code, this falls just after the call that took it there.
    if (this.#stands()) {
      this.#heldClock = fall;
      return;
    }
    if (this.#rng.chance(STEP_INSIDE)) await this.#interruptions.arm(fall);
    else fall();
  }

  #applyHeldClock(): void {
    const held = this.#heldClock;
    this.#heldClock = undefined;
    held?.();
  }

  /** The node's own time. */
  #now(): RunNs {
    return Math.max(this.#world.time.now(), this.#aheadUntil);
  }
}
