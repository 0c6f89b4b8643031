/**
 * One connection to a service, kept open from request to request, with one request at a time. Nothing is ever sent twice:
 * what was asked may have minted, whatever became of its answer. Only a connection that is known to be closed before a
 * request is written is replaced by a new one.
 */
import { connect, type Socket } from 'node:net';
import { messageOf } from '../../harness/core/errors.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import { HttpAnswer, NoAnswer } from './http-answer.ts';

/** So long before a service closes an idle connection, by its own words, it is not used any more. */
const CLOSES_SOON_MS = 1000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** As it stands in a URL and in the header `host`: an IPv6 host in brackets. */
export const authorityOf = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

interface Open {
  readonly answer: HttpAnswer;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class HttpConnection {
  readonly #address: Address;
  #socket: Socket | undefined;
  #open: Open | undefined;
  /** When the service may close the idle connection, on the monotonic clock in milliseconds. */
  #usableUntil = Infinity;

  constructor(address: Address) {
    this.#address = address;
  }

  /**
   * Sends the bytes of one request. Rejects with a ServiceFault where no whole answer came in time; the connection is
   * closed then, so that no later answer is mistaken for that of the next request.
   */
  request(bytes: Buffer, timeoutMs: number): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // A process that stood still comes to its timers before it looks for what came meanwhile.
        setImmediate(() => {
          if (this.#open === open) this.#fail('did not answer in time', ` (${timeoutMs} ms)`);
        });
      }, timeoutMs);
      const open: Open = { answer: new HttpAnswer(), resolve, reject, timer };
      this.#open = open;
      this.#usable().write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #usable(): Socket {
    const socket = this.#socket;
    if (socket !== undefined && !socket.destroyed && socket.readable && performance.now() < this.#usableUntil)
      return socket;
    socket?.destroy();
    return (this.#socket = this.#connect());
  }

  #connect(): Socket {
    this.#usableUntil = Infinity;
    const socket = connect({ ...this.#address, noDelay: true });
    let isConnected = false;
    const isCurrent = (): boolean => this.#socket === socket;
    socket.on('connect', () => {
      isConnected = true;
    });
    socket.on('data', (bytes) => {
      if (!isCurrent()) return;
      // Nobody asked.
      if (this.#open === undefined) socket.destroy();
      else this.#take(this.#open, bytes);
    });
    socket.on('end', () => {
      if (isCurrent() && this.#open?.answer.ended() === true) this.#finish(this.#open);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (isCurrent() && !isConnected) this.#fail('cannot be reached', ` (${error.code ?? messageOf(error)})`);
    });
    socket.on('close', () => {
      if (!isCurrent() || this.#open === undefined) return;
      const { hasBegun } = this.#open.answer;
      this.#fail(
        hasBegun ? 'closed the connection in the middle of its answer' : 'closed the connection without an answer',
      );
    });
    return socket;
  }

  #take(open: Open, bytes: Buffer): void {
    try {
      if (open.answer.push(bytes)) this.#finish(open);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#fail(error.message);
    }
  }

  #finish({ answer, resolve, timer }: Open): void {
    this.#open = undefined;
    clearTimeout(timer);
    if (answer.keepAlive) {
      const [, seconds] = /timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '') ?? [];
      this.#usableUntil =
        seconds === undefined ? Infinity : performance.now() + Number(seconds) * 1000 - CLOSES_SOON_MS;
    } else this.#socket?.destroy();
    resolve(answer);
  }

  #fail(what: string, detail?: string): void {
    const open = this.#open;
    this.#open = undefined;
    this.#socket?.destroy();
    if (open === undefined) return;
    clearTimeout(open.timer);
    open.reject(new ServiceFault(what, detail));
  }
}
