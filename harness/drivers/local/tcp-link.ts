/**
 * A TCP link in user space: what one member opens to another passes through it, connection by connection, and can be
 * held, delayed, limited and reset there. It knows bytes and connections, and no packets: loss has no meaning here.
 *
 * The kernel accepts a connection before this program hears of it. One that is opened over a held link therefore looks
 * open to the one who opened it, and nothing comes back; one to a process that is gone, or over a link that is reset, is
 * accepted, and then reset.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of bytes that go one way. */
export interface Passage {
  /** Nothing passes; connections stay open. */
  readonly held: boolean;
  /** Each piece waits so long, more or less by up to `jitterMs`; none overtakes another of its connection. */
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Infinity: as fast as it goes. */
  readonly kbitPerSecond: number;
}

export const OPEN_PASSAGE: Passage = { held: false, delayMs: 0, jitterMs: 0, kbitPerSecond: Number.POSITIVE_INFINITY };

/** Pieces of a limited way: what an Ethernet packet holds. */
const PIECE_BYTES = 1460;
/** What a connection may have waiting; beyond that its sender is read no more, and its kernel holds the rest. */
const QUEUE_BYTES = 1 << 18;
const BACKLOG = 128;
/** Somebody who is refused tries again after a while (gRPC: 1 s and more): as long he counts as one who uses the link. */
const TRIES_AGAIN_MS = 1000;

/** What a limited way passes at once after a pause: two whole pieces, or what it passes in 4 ms. */
const burstBytes = (kbitPerSecond: number): number => Math.max(3000, kbitPerSecond * 0.5);

/** One direction between two members, whoever opened the connections: they share its bandwidth. */
export class Way {
  readonly #random: () => number;
  readonly #users = new Set<() => void>();
  #passage = OPEN_PASSAGE;
  #credit = 0;
  #creditedAt = 0;

  /** `random`: from 0 to 1, for the jitter. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get held(): boolean {
    return this.#passage.held;
  }

  /** The longest that a piece waits. */
  get longestMs(): number {
    return this.#passage.delayMs + this.#passage.jitterMs;
  }

  set(passage: Passage): void {
    this.#passage = passage;
    this.#credit = burstBytes(passage.kbitPerSecond);
    this.#creditedAt = performance.now();
    for (const wake of this.#users) wake();
  }

  /** `wake` is called at each change. */
  join(wake: () => void): void {
    this.#users.add(wake);
  }

  leave(wake: () => void): void {
    this.#users.delete(wake);
  }

  /** How long a piece that comes now has to wait. */
  waitMs(): number {
    const { delayMs, jitterMs } = this.#passage;
    return Math.max(0, delayMs + jitterMs * (2 * this.#random() - 1));
  }

  /** Takes the credit for the next piece of so many bytes: its length; or, below zero, the milliseconds until there is enough. */
  take(bytes: number): number {
    const { kbitPerSecond } = this.#passage;
    if (!Number.isFinite(kbitPerSecond)) return bytes;
    const perMs = kbitPerSecond / 8;
    const now = performance.now();
    this.#credit = Math.min(burstBytes(kbitPerSecond), this.#credit + (now - this.#creditedAt) * perMs);
    this.#creditedAt = now;
    const piece = Math.min(bytes, PIECE_BYTES);
    if (this.#credit < piece) return (this.#credit - piece) / perMs;
    this.#credit -= piece;
    return piece;
  }
}

/** Bytes on their way, or what the sender did to its end of the connection. */
interface Waiting {
  readonly what: Buffer | 'end' | 'reset';
  readonly due: number;
}

/** One direction of one connection. */
class Pipe {
  readonly #source: Socket;
  readonly #way: Way;
  readonly #reset: () => void;
  readonly #readyAt: number;
  #queue: Waiting[] = [];
  #bytes = 0;
  #sink: Socket | undefined;
  #isFull = false;
  #timer: NodeJS.Timeout | undefined;

  /** Nothing is delivered as if it had been sent before `readyAt`; `reset` ends both directions. */
  constructor(source: Socket, way: Way, readyAt: number, reset: () => void) {
    this.#source = source;
    this.#way = way;
    this.#readyAt = readyAt;
    this.#reset = reset;
    way.join(this.#wake);
    source.on('data', (chunk: Buffer) => this.#push(chunk));
    source.on('end', () => this.#push('end'));
    source.on('error', () => this.#push('reset'));
    source.on('close', () => {
      if (!source.readableEnded) this.#push('reset');
    });
    source.resume();
  }

  /** From now on bytes have somewhere to go. */
  deliverTo(sink: Socket): void {
    this.#sink = sink;
    sink.on('drain', () => {
      this.#isFull = false;
      this.#pump();
    });
    this.#pump();
  }

  close(): void {
    this.#way.leave(this.#wake);
    clearTimeout(this.#timer);
    this.#queue = [];
    this.#sink = undefined;
  }

  #push(what: Waiting['what']): void {
    const earliest = Math.max(performance.now(), this.#readyAt) + this.#way.waitMs();
    this.#queue.push({ what, due: Math.max(earliest, this.#queue.at(-1)?.due ?? 0) });
    if (typeof what !== 'string') this.#bytes += what.length;
    if (this.#bytes > QUEUE_BYTES) this.#source.pause();
    this.#pump();
  }

  /** The way is another: what waits longer than anything on it would, waits no longer. */
  readonly #wake = (): void => {
    const latest = performance.now() + this.#way.longestMs;
    this.#queue = this.#queue.map(({ what, due }) => ({ what, due: Math.min(due, latest) }));
    this.#pump();
  };

  #pump(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined || this.#sink === undefined || this.#isFull || this.#way.held) return;
      const early = first.due - performance.now();
      if (early > 0) return this.#pumpIn(early);
      if (typeof first.what === 'string') {
        this.#queue.shift();
        if (first.what === 'reset') return this.#reset();
        this.#sink.end();
        continue;
      }
      const size = this.#way.take(first.what.length);
      if (size < 0) return this.#pumpIn(-size);
      const rest = first.what.subarray(size);
      if (rest.length === 0) this.#queue.shift();
      else this.#queue[0] = { what: rest, due: first.due };
      this.#bytes -= size;
      if (this.#bytes <= QUEUE_BYTES) this.#source.resume();
      this.#isFull = !this.#sink.write(first.what.subarray(0, size));
    }
  }

  #pumpIn(ms: number): void {
    this.#timer = setTimeout(() => this.#pump(), ms);
  }
}

/** Where connections end. */
export interface Target {
  readonly address: string;
  readonly port: number;
  /** The address from which the link calls it. */
  readonly from: string;
}

/** One connection: from the one who opened it (near) to the target (far). */
class Connection {
  readonly target: Target;
  readonly #near: Socket;
  readonly #ways: readonly [there: Way, back: Way];
  readonly #pipes: Pipe[] = [];
  readonly #readyAt: number;
  readonly #onEnd: () => void;
  #far: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(near: Socket, there: Way, back: Way, target: Target, onEnd: () => void) {
    this.#near = near;
    this.target = target;
    this.#ways = [there, back];
    this.#onEnd = onEnd;
    // A handshake takes one packet each way before the first byte is sent.
    this.#readyAt = performance.now() + there.waitMs() + back.waitMs();
    near.setNoDelay();
    near.on('close', () => this.#endWhenClosed());
    this.#pipes.push(new Pipe(near, there, this.#readyAt, () => this.reset()));
    for (const way of this.#ways) way.join(this.#tryDial);
    this.#tryDial();
  }

  /** Whether the one who opened it still holds it open. */
  get isOpenNear(): boolean {
    return !this.#near.readableEnded && !this.#near.destroyed;
  }

  /** Ends both ends with RST. */
  reset(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const way of this.#ways) way.leave(this.#tryDial);
    for (const pipe of this.#pipes) pipe.close();
    this.#near.resetAndDestroy();
    this.#far?.resetAndDestroy();
    this.#onEnd();
  }

  /** Goes on to the target when packets would pass both ways: a handshake needs both. */
  readonly #tryDial = (): void => {
    clearTimeout(this.#timer);
    if (this.#far !== undefined || this.#ended || this.#ways.some(({ held }) => held)) return;
    const [there, back] = this.#ways;
    const latest = performance.now() + there.longestMs + back.longestMs;
    const early = Math.min(this.#readyAt, latest) - performance.now();
    if (early > 0) {
      this.#timer = setTimeout(this.#tryDial, early);
      return;
    }
    for (const way of this.#ways) way.leave(this.#tryDial);
    const { address, port, from } = this.target;
    const far = connect({ host: address, port, localAddress: from, allowHalfOpen: true, noDelay: true });
    this.#far = far;
    far.on('close', () => this.#endWhenClosed());
    const reset = (): void => this.reset();
    const backwards = new Pipe(far, back, this.#readyAt, reset);
    this.#pipes.push(backwards);
    backwards.deliverTo(this.#near);
    far.once('connect', () => this.#pipes[0]?.deliverTo(far));
  };

  #endWhenClosed(): void {
    if (this.#near.closed && this.#far?.closed === true && this.#near.readableEnded && this.#far.readableEnded)
      this.reset();
  }
}

/** An address at which a link listens for those who open connections over it, and where it takes them. */
export interface Door {
  readonly address: string;
  readonly port: number;
  readonly target: Target;
}

/** The connections that one member opens to another. */
export class TcpLink {
  readonly #there: Way;
  readonly #back: Way;
  readonly #doors: readonly Door[];
  readonly #connections = new Set<Connection>();
  #servers: readonly Server[] = [];
  #refuses = false;
  /** When somebody was last refused, or reset, by the port that he wanted. */
  readonly #refusedAt = new Map<number, number>();

  /** `there`: from the one who opens the connections to the other. */
  constructor(there: Way, back: Way, doors: readonly Door[]) {
    this.#there = there;
    this.#back = back;
    this.#doors = doors;
  }

  /** Whether connections are reset. */
  get refuses(): boolean {
    return this.#refuses;
  }

  /** Rejects when an address is taken, and listens at none then. */
  async open(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#doors.map((door) => this.#listen(door)));
    this.#servers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure === undefined) return;
    this.close();
    throw failure.reason;
  }

  /**
   * Resets all connections and each new one, or takes new ones again. It listens all the while: who is refused by the
   * kernel is seen by nobody, and it could not be told whether the link was in use.
   */
  refuse(refuses: boolean): void {
    if (refuses === this.#refuses) return;
    this.#refuses = refuses;
    this.#refusedAt.clear();
    if (refuses) this.#resetAll();
  }

  /** Somebody who wanted this port was told so in another way than by a reset. */
  refused(port: number): void {
    this.#refusedAt.set(port, performance.now());
  }

  /** Takes one connection to its target. */
  carry(near: Socket, target: Target): void {
    if (this.#refuses) {
      this.refused(target.port);
      near.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const connection: Connection = new Connection(near, this.#there, this.#back, target, () =>
      this.#connections.delete(connection),
    );
    this.#connections.add(connection);
  }

  /** Whether somebody holds a connection open over it, or was refused one just now, other than to a port that is not counted. */
  talks(notCounted: number): boolean {
    const since = performance.now() - TRIES_AGAIN_MS;
    return (
      [...this.#connections].some(({ target, isOpenNear }) => isOpenNear && target.port !== notCounted) ||
      [...this.#refusedAt].some(([port, at]) => port !== notCounted && at >= since)
    );
  }

  /** Stops listening and resets all connections. */
  close(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
    this.#resetAll();
  }

  #resetAll(): void {
    for (const connection of [...this.#connections]) {
      if (connection.isOpenNear) this.refused(connection.target.port);
      connection.reset();
    }
  }

  #listen({ address, port, target }: Door): Promise<Server> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true }, (near) => this.carry(near, target));
      server.once('error', reject);
      server.listen({ host: address, port, backlog: BACKLOG }, () => resolve(server));
    });
  }
}
