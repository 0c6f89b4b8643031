/**
 * What arrived of probes: the datagrams that agents send one another, whatever carries them.
 */
import type { Arrival } from '../../core/trouble.ts';
import { PROBE_BYTES_MIN } from '../../core/trouble.ts';

/** Probes whose arrivals nobody asked for are forgotten, the oldest first. */
const REMEMBERED = 64;

/** Where the fields of a datagram begin: the number of its probe, when the first of it was sent, when this one was. */
const FIELD = { probe: 0, first: 8, sent: 16 } as const;

interface Heard {
  readonly arrivals: Arrival[];
  wake?: () => void;
}

/** A datagram of a probe whose first is sent now. */
export function firstDatagram(probe: number, bytes: number): Buffer {
  const datagram = Buffer.alloc(Math.max(bytes, PROBE_BYTES_MIN));
  datagram.writeBigUInt64BE(BigInt(probe), FIELD.probe);
  datagram.writeBigUInt64BE(process.hrtime.bigint(), FIELD.first);
  return datagram;
}

/** The same, sent now. */
export function stamped(datagram: Buffer): Buffer {
  const copy = Buffer.from(datagram);
  copy.writeBigUInt64BE(process.hrtime.bigint(), FIELD.sent);
  return copy;
}

/** Those of one pod. */
export class Arrivals {
  readonly #heard = new Map<number, Heard>();

  /** A datagram is here. */
  take(datagram: Buffer): void {
    const now = process.hrtime.bigint();
    const first = datagram.readBigUInt64BE(FIELD.first);
    const heard = this.#of(Number(datagram.readBigUInt64BE(FIELD.probe)));
    heard.arrivals.push({
      sentMs: milliseconds(datagram.readBigUInt64BE(FIELD.sent) - first),
      arrivedMs: milliseconds(now - first),
    });
    heard.wake?.();
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
