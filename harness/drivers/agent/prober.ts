/**
 * Measuring links from inside a pod: agents send one another datagrams, of which the receiving end tells what arrived,
 * and open TCP connections. None of it looks at the rules by which links are disturbed.
 */
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival, Handshake } from '../../core/trouble.ts';
import { PROBE_BYTES_MIN } from '../../core/trouble.ts';
import { PROBE_PORT } from './protocol.ts';

/** Sent at once: more would overrun the receiver's buffer, and look like loss. */
const AT_ONCE = 32;
const PAUSE_MS = 1;
/** Probes whose arrivals nobody asked for are forgotten, the oldest first. */
const REMEMBERED = 64;

interface Heard {
  readonly arrivals: Arrival[];
  wake?: () => void;
}

/** Where the fields of a datagram begin: the number of its probe, when the first of it was sent, when this one was. */
const FIELD = { probe: 0, first: 8, sent: 16 } as const;

export class Prober {
  readonly #socket: Socket = createSocket('udp4');
  readonly #heard = new Map<number, Heard>();

  /** Resolves when other agents can probe this pod. */
  async open(): Promise<void> {
    this.#socket.on('message', (datagram) => this.#take(datagram));
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind(PROBE_PORT, () => resolve());
    });
    this.#socket.unref();
    await new Promise<void>((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end();
      });
      server.once('error', reject);
      server.listen(PROBE_PORT, '0.0.0.0', () => resolve());
      server.unref();
    });
  }

  /** Resolves when all are sent. */
  async send(address: string, probe: number, packets: number, bytes: number): Promise<void> {
    const datagram = Buffer.alloc(Math.max(bytes, PROBE_BYTES_MIN));
    const first = process.hrtime.bigint();
    datagram.writeBigUInt64BE(BigInt(probe), FIELD.probe);
    datagram.writeBigUInt64BE(first, FIELD.first);
    for (let left = packets; left > 0; left -= AT_ONCE) {
      const sent = Array.from({ length: Math.min(left, AT_ONCE) }, () => this.#sendOne(datagram, address));
      await Promise.all(sent);
      if (left > AT_ONCE) await sleep(PAUSE_MS);
    }
  }

  /** A packet that the rules drop on its way out may be refused to its sender: that is a packet that does not arrive. */
  #sendOne(datagram: Buffer, address: string): Promise<void> {
    const copy = Buffer.from(datagram);
    copy.writeBigUInt64BE(process.hrtime.bigint(), FIELD.sent);
    return new Promise((resolve) => this.#socket.send(copy, PROBE_PORT, address, () => resolve()));
  }

  /** What arrived of a probe: when all has, or after `waitMs`. */
  async heard(probe: number, packets: number, waitMs: number): Promise<readonly Arrival[]> {
    const heard = this.#of(probe);
    if (heard.arrivals.length < packets)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        heard.wake = () => {
          if (heard.arrivals.length < packets) return;
          clearTimeout(timer);
          resolve();
        };
      });
    this.#heard.delete(probe);
    return heard.arrivals;
  }

  #take(datagram: Buffer): void {
    const now = process.hrtime.bigint();
    const first = datagram.readBigUInt64BE(FIELD.first);
    const heard = this.#of(Number(datagram.readBigUInt64BE(FIELD.probe)));
    heard.arrivals.push({
      sentMs: milliseconds(datagram.readBigUInt64BE(FIELD.sent) - first),
      arrivedMs: milliseconds(now - first),
    });
    heard.wake?.();
  }

  #of(probe: number): Heard {
    const known = this.#heard.get(probe);
    if (known !== undefined) return known;
    const heard: Heard = { arrivals: [] };
    this.#heard.set(probe, heard);
    const [oldest] = this.#heard.keys();
    if (this.#heard.size > REMEMBERED && oldest !== undefined) this.#heard.delete(oldest);
    return heard;
  }
}

const milliseconds = (ns: bigint): number => Number(ns) / 1e6;

/** Opens a TCP connection, and closes it. */
export function handshake(address: string, port: number, timeoutMs: number): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (how: Handshake): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    const timer = setTimeout(() => end('no answer'), timeoutMs);
    socket.on('connect', () => end('accepted'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' ? 'reset' : 'no answer'));
  });
}

/** States of /proc/net/tcp in which nobody speaks any more, or yet: TIME_WAIT, CLOSE, LISTEN. */
const SILENT = new Set(['06', '07', '0A']);

/** Whether this pod has, or tries to open, a TCP connection with an address, probes apart. */
export function talks(address: string): boolean {
  const wanted = kernelAddress(address);
  const probe = PROBE_PORT.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6'].flatMap(connections).some(({ local, remote, remotePort, state }) => {
    // An IPv4 peer of a socket that listens for both has its address at the end of an IPv6 one.
    return remote.endsWith(wanted) && !SILENT.has(state) && local !== probe && remotePort !== probe;
  });
}

function connections(
  table: string,
): readonly { readonly local: string; readonly remote: string; readonly remotePort: string; readonly state: string }[] {
  let text: string;
  try {
    text = readFileSync(`/proc/self/net/${table}`, 'latin1');
  } catch {
    return []; // a kernel without IPv6
  }
  const lines = text.trim().split('\n').slice(1);
  return lines.map((line) => {
    const [, from = '', to = '', state = ''] = line.trim().split(/\s+/);
    const [remote = '', remotePort = ''] = to.split(':');
    return { local: from.split(':')[1] ?? '', remote, remotePort, state };
  });
}

/** As the kernel prints it: the 32 bits in the byte order of the machine, in hexadecimal. */
function kernelAddress(address: string): string {
  const bytes = Buffer.from(address.split('.').map(Number));
  const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  return (littleEndian ? bytes.readUInt32LE() : bytes.readUInt32BE()).toString(16).toUpperCase().padStart(8, '0');
}
