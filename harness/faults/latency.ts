/**
 * A link takes its time: every packet waits before it is sent, each way, so that an answer comes twice the delay later.
 */
import type { Between, Reading, Way } from '../core/link-faults.ts';
import { betweenOptions, linkFault, linksBetween, nodesBetween, notWithItself } from '../core/link-faults.ts';
import { z } from '../core/schema.ts';

const PACKETS = 8;
const BYTES = 32;
/** On top of the delay: how long a busy machine may take. */
const SLACK_MS = 200;
/**
 * How much later than asked, jitter included, the quickest packet may be. On two cores with a load of 13 it was 8 ms at the
 * most, over TCP links (68 bursts).
 */
const ERROR_MS = 50;
/** A machine that takes so much of the delay for a packet to itself is too slow to tell. */
const OWN_SHARE = 0.5;

interface Latency extends Between {
  readonly delayMs: number;
  readonly jitterMs: number;
}

export default linkFault<Latency>({
  name: 'latency',
  summary: 'packets between a member and some others are delayed, each way, by a time that varies',
  options: z
    .strictObject({
      ...betweenOptions,
      delayMs: z.number().min(5).max(400).describe('of each packet, milliseconds'),
      jitterMs: z.number().min(0).max(200).describe('more or less by up to this, milliseconds; less than the delay'),
    })
    .refine(...notWithItself)
    .refine(({ delayMs, jitterMs }) => jitterMs < delayMs, 'the jitter must be less than the delay'),
  example: { one: 'n1', peers: ['etcd1', 'etcd2', 'etcd3'], delayMs: 50, jitterMs: 20 },
  need: 'network.delay',
  delaysMs: ({ delayMs, jitterMs }) => 2 * (delayMs + jitterMs),
  reach: nodesBetween,
  links: linksBetween,
  ends: 'both',
  trouble: ({ delayMs, jitterMs }) => ({ what: 'delay', delayMs, jitterMs }),
  async measure(way, options) {
    const reading = await measureOnce(way, options);
    // A machine that stands still for a moment delays all packets of one burst, and the first over a TCP link waits for
    // its connection: what is late by the link is late again.
    return 'tooMuchMs' in reading.figures ? measureOnce(way, options) : reading;
  },
});

async function measureOnce({ from, to }: Way, { delayMs, jitterMs }: Latency): Promise<Reading> {
  const probe = { packets: PACKETS, bytes: BYTES, waitMs: delayMs + jitterMs + SLACK_MS };
  const [there, own, ownThere] = await Promise.all([
    from.network.probe(to.name, probe),
    from.network.probe(from.name, probe),
    to.network.probe(to.name, probe),
  ]);
  const took = there.map(({ sentMs, arrivedMs }) => arrivedMs - sentMs);
  const slowMs = [...own, ...ownThere].map(({ sentMs, arrivedMs }) => arrivedMs - sentMs);
  if (took.length === 0) return { took: undefined, figures: { leastMs: null, mostMs: null } };
  const leastMs = Math.min(...took);
  const figures = { leastMs: rounded(leastMs), mostMs: rounded(Math.max(...took)) };
  const wanted = delayMs - jitterMs;
  if (leastMs < 0.95 * wanted) return { took: false, figures };
  const tooMuchMs = leastMs - (delayMs + jitterMs + ERROR_MS);
  if (tooMuchMs > 0)
    // What the machine's own packets took may be all of it.
    return {
      took: slowMs.length === 0 || Math.max(...slowMs) >= tooMuchMs ? undefined : false,
      figures: { ...figures, tooMuchMs: rounded(tooMuchMs) },
    };
  return { took: Math.min(...slowMs) > OWN_SHARE * wanted ? undefined : true, figures };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
