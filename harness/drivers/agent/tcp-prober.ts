/**
 * Measuring TCP links from a member's own side: agents send one another datagrams in a connection that stands for as long
 * as they live, and open connections beside it. A datagram in it goes one way; to open a connection takes both ways.
 */
import { connect, createServer, type Socket } from 'node:net';
import type { Arrival, Handshake } from '../../core/trouble.ts';
import { Arrivals, firstDatagram, stamped } from './arrivals.ts';
import { handshake, type HandshakeSigns } from './handshake.ts';
import { PROBE_PORT } from './protocol.ts';

/** Before each datagram: its length. */
const LENGTH_BYTES = 4;
/** Said at once to whoever connects: where a link accepts connections by itself, only this tells that the far end was reached. */
const GREETING = Buffer.from('!');
const SIGNS: HandshakeSigns = { accepted: 'data', reset: ['ECONNREFUSED', 'ECONNRESET'] };
/** A standing connection that was ended is made again after so long. */
const AGAIN_MS = 100;

export class TcpProber {
  readonly #own: string;
  readonly #arrivals = new Arrivals();
  readonly #standing = new Map<string, Socket>();

  /** `own`: the address at which the probes of others come in. */
  constructor(own: string) {
    this.#own = own;
  }

  /** Resolves when other agents can probe this pod. */
  open(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.write(GREETING);
        this.#takeFrom(socket);
      });
      server.once('error', reject);
      server.listen(PROBE_PORT, this.#own, () => resolve());
      server.unref();
    });
  }

  /** Resolves when all are handed to the kernel, or wait in this process for a link that is held. */
  async send(address: string, probe: number, packets: number, bytes: number): Promise<void> {
    const datagram = firstDatagram(probe, bytes);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(datagram.length);
    const socket = this.#standing.get(address) ?? this.#connect(address);
    for (let left = packets; left > 0; left--) socket.write(Buffer.concat([length, stamped(datagram)]));
  }

  /** As `Arrivals.heard`. */
  heard(probe: number, packets: number, waitMs: number): Promise<readonly Arrival[]> {
    return this.#arrivals.heard(probe, packets, waitMs);
  }

  /** Opens a connection, waits for the greeting, and closes it. */
  handshake(address: string, port: number, timeoutMs: number): Promise<Handshake> {
    return handshake(address, port, timeoutMs, SIGNS);
  }

  #connect(address: string): Socket {
    const socket = connect({ host: address, port: PROBE_PORT, noDelay: true });
    this.#standing.set(address, socket);
    socket.on('error', () => undefined); // told by 'close' as well
    socket.on('close', () => setTimeout(() => this.#connect(address), AGAIN_MS).unref());
    socket.resume();
    return socket;
  }

  #takeFrom(socket: Socket): void {
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= LENGTH_BYTES) {
        const end = LENGTH_BYTES + rest.readUInt32BE();
        if (rest.length < end) return;
        this.#arrivals.take(rest.subarray(LENGTH_BYTES, end));
        rest = rest.subarray(end);
      }
    });
  }
}
