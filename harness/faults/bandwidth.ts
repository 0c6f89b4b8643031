/**
 * A link passes so many bits a second and no more, each way. What does not fit waits, and what waits too long is lost.
 */
import type { Between, Way } from '../core/link-faults.ts';
import { betweenOptions, linkFault, linksBetween, nodesBetween, notWithItself } from '../core/link-faults.ts';
import { z } from '../core/schema.ts';

const BYTES = 500;
/** With the headers of UDP, IP and Ethernet. */
const WIRE_BYTES = BYTES + 42;
/** A slow link passes what it saved up while it was idle at once: two packets, or what it passes in 4 ms. */
const savedBytes = (kbitPerSecond: number): number => Math.max(3000, kbitPerSecond * 0.5);
/** How much of the link's time a measurement takes: of a very slow one more, for it needs a few packets. */
const TAKES_MS = 100;
/** A link that passes so many times what was asked is not slow, and a pod that does is fast enough to tell. */
const TOO_FAST = 1.5;
const FAST_ENOUGH = 2;

/** In kilobits a second. */
interface Rates {
  readonly atLeast: number;
  /** Without the longest wait for a packet: a pod that stood still for a moment makes a fast link look slow. */
  readonly atMost: number;
}

/** @param arrivedMs since the first packet was sent */
function ratesOf(bits: number, arrivedMs: readonly number[]): Rates {
  const arrivals = [0, ...arrivedMs].sort((a, b) => a - b);
  const tookMs = arrivals.at(-1)!;
  const longestMs = Math.max(...arrivals.slice(1).map((at, i) => at - arrivals[i]!));
  return { atLeast: bits / Math.max(tookMs, 0.01), atMost: bits / Math.max(tookMs - longestMs, 0.01) };
}

export default linkFault<Between & { readonly kbitPerSecond: number }>({
  name: 'bandwidth',
  summary: 'the links between a member and some others pass a limited number of bits a second, each way',
  options: z
    .strictObject({
      ...betweenOptions,
      kbitPerSecond: z.int().min(256).max(10_000).describe('of each direction of each link, kilobits a second'),
    })
    .refine(...notWithItself),
  example: { one: 'n1', peers: ['etcd1', 'etcd2', 'etcd3'], kbitPerSecond: 1000 },
  need: 'network.bandwidth',
  reach: nodesBetween,
  links: linksBetween,
  ends: 'both',
  trouble: ({ kbitPerSecond }) => ({ what: 'bandwidth', kbitPerSecond }),
  async measure({ from, to }, { kbitPerSecond }) {
    const saved = savedBytes(kbitPerSecond);
    const wanted = saved + Math.max(4 * WIRE_BYTES, (kbitPerSecond * TAKES_MS) / 8);
    const packets = Math.ceil(wanted / WIRE_BYTES);
    const probe = { packets, bytes: BYTES, waitMs: 400 };
    const rates = async (one: Way['from'], other: Way['to']): Promise<Rates | undefined> => {
      const arrivals = await one.network.probe(other.name, probe);
      const bits = (arrivals.length * WIRE_BYTES - saved) * 8;
      return bits <= 0
        ? undefined
        : ratesOf(
            bits,
            arrivals.map(({ arrivedMs }) => arrivedMs),
          );
    };
    const passed = await rates(from, to);
    const own = await Promise.all([rates(from, from), rates(to, to)]);
    const figures = { passedKbitPerSecond: passed === undefined ? null : Math.round(passed.atLeast) };
    if (passed === undefined) return { took: undefined, figures };
    if (passed.atLeast > TOO_FAST * kbitPerSecond) return { took: false, figures };
    const canTell = own.every((each) => each !== undefined && each.atLeast > FAST_ENOUGH * kbitPerSecond);
    return { took: canTell && passed.atMost <= TOO_FAST * kbitPerSecond ? true : undefined, figures };
  },
});
