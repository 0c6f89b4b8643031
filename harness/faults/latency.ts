/**
 * A link takes its time: every packet waits before it is sent, each way, so that an answer comes twice the delay later.
 */
import type { Between } from '../core/link-faults.ts';
import { betweenOptions, linkFault, linksBetween, nodesBetween, notWithItself } from '../core/link-faults.ts';
import { z } from '../core/schema.ts';

const PACKETS = 8;
const BYTES = 32;
/** On top of the delay: how long a busy machine may take. */
const SLACK_MS = 200;
/** A machine that takes so much of the delay for a packet to itself is too slow to tell. */
const OWN_SHARE = 0.5;

export default linkFault<Between & { readonly delayMs: number; readonly jitterMs: number }>({
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
  reach: nodesBetween,
  links: linksBetween,
  ends: 'both',
  trouble: ({ delayMs, jitterMs }) => ({ what: 'delay', delayMs, jitterMs }),
  async measure({ from, to }, { delayMs, jitterMs }) {
    const probe = { packets: PACKETS, bytes: BYTES, waitMs: delayMs + jitterMs + SLACK_MS };
    const [there, own, ownThere] = await Promise.all([
      from.network.probe(to.name, probe),
      from.network.probe(from.name, probe),
      to.network.probe(to.name, probe),
    ]);
    const took = there.map(({ sentMs, arrivedMs }) => arrivedMs - sentMs);
    const leastMs = Math.min(...took);
    const slowMs = [...own, ...ownThere].map(({ sentMs, arrivedMs }) => arrivedMs - sentMs);
    if (took.length === 0) return { took: undefined, figures: { leastMs: null, mostMs: null } };
    const figures = { leastMs: rounded(leastMs), mostMs: rounded(Math.max(...took)) };
    const wanted = delayMs - jitterMs;
    if (leastMs < 0.95 * wanted) return { took: false, figures };
    return { took: Math.min(...slowMs) > OWN_SHARE * wanted ? undefined : true, figures };
  },
});

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
