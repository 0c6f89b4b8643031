/**
 * Measuring links from inside a pod: agents send one another datagrams, of which the receiving end tells what arrived,
 * and open TCP connections. None of it looks at the rules by which links are disturbed.
 */
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival, Handshake } from '../../core/trouble.ts';
import { Arrivals, firstDatagram, stamped } from './arrivals.ts';
import { handshake, type HandshakeSigns } from './handshake.ts';
import { PROBE_PORT } from './protocol.ts';

/** Sent at once: more would overrun the receiver's buffer, and look like loss. */
const AT_ONCE = 32;
const PAUSE_MS = 1;
const SIGNS: HandshakeSigns = { accepted: 'connect', reset: ['ECONNREFUSED'] };

export class Prober {
  readonly #socket: Socket = createSocket('udp4');
  readonly #arrivals = new Arrivals();

  /** Resolves when other agents can probe this pod. */
  async open(): Promise<void> {
    this.#socket.on('message', (datagram) => this.#arrivals.take(datagram));
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
    const datagram = firstDatagram(probe, bytes);
    for (let left = packets; left > 0; left -= AT_ONCE) {
      const sent = Array.from({ length: Math.min(left, AT_ONCE) }, () => this.#sendOne(datagram, address));
      await Promise.all(sent);
      if (left > AT_ONCE) await sleep(PAUSE_MS);
    }
  }

  /** A packet that the rules drop on its way out may be refused to its sender: that is a packet that does not arrive. */
  #sendOne(datagram: Buffer, address: string): Promise<void> {
    return new Promise((resolve) => this.#socket.send(stamped(datagram), PROBE_PORT, address, () => resolve()));
  }

  /** As `Arrivals.heard`. */
  heard(probe: number, packets: number, waitMs: number): Promise<readonly Arrival[]> {
    return this.#arrivals.heard(probe, packets, waitMs);
  }

  /** Opens a TCP connection, and closes it. */
  handshake(address: string, port: number, timeoutMs: number): Promise<Handshake> {
    return handshake(address, port, timeoutMs, SIGNS);
  }
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
