/**
 * A link loses a share of its packets, each way. TCP sends them again, after 200 ms and more each time: what is lost is
 * time, so that keep-alives time out now and then although both ends live and see one another.
 */
import type { Between } from '../core/link-faults.ts';
import { betweenOptions, linkFault, linksBetween, nodesBetween, notWithItself } from '../core/link-faults.ts';
import { z } from '../core/schema.ts';

/** So seldom may a measurement be wrong by chance. */
const CHANCE = 1e-9;
/** The number of standard deviations that chance exceeds so seldom, either way. */
const DEVIATIONS = 6.1;
const BYTES = 32;
const WAIT_MS = 200;

export default linkFault<Between & { readonly percent: number }>({
  name: 'loss',
  summary: 'a share of the packets between a member and some others is lost, each way',
  options: z
    .strictObject({
      ...betweenOptions,
      percent: z.int().min(5).max(90).describe('how many of the packets of each direction, in percent'),
    })
    .refine(...notWithItself),
  example: { one: 'n1', peers: ['etcd1', 'etcd2', 'etcd3'], percent: 30 },
  need: 'network.loss',
  reach: nodesBetween,
  links: linksBetween,
  ends: 'both',
  trouble: ({ percent }) => ({ what: 'loss', percent }),
  async measure({ from, to }, { percent }) {
    const share = percent / 100;
    // So many that chance alone lets all of them through, or none, no more often than CHANCE.
    const packets = Math.ceil(Math.log(CHANCE) / Math.log(Math.max(share, 1 - share)));
    const arrived = (await from.network.probe(to.name, { packets, bytes: BYTES, waitMs: WAIT_MS })).length;
    const lost = packets - arrived;
    const off = Math.abs(lost - packets * share) / Math.sqrt(packets * share * (1 - share));
    const took = arrived === 0 ? undefined : lost > 0 && off < DEVIATIONS;
    return { took, figures: { lostPercent: Math.round((1000 * lost) / packets) / 10 } };
  },
});
