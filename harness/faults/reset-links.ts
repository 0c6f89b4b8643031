/**
 * Connections are reset in place of being dropped: as by a firewall that rejects, or a proxy that is restarted. Whoever
 * is cut off learns it at once, and whether what it had sent was done it still cannot know.
 */
import type { Between } from '../core/link-faults.ts';
import { betweenOptions, linkFault, linksBetween, nodesBetween, notWithItself } from '../core/link-faults.ts';
import { PROBE_TIMEOUT_MS } from '../core/observe.ts';
import { z } from '../core/schema.ts';

export default linkFault<Between>({
  name: 'reset-links',
  summary: 'TCP connections between a member and some others are reset, those that stand and new ones',
  options: z.strictObject(betweenOptions).refine(...notWithItself),
  example: { one: 'n1', peers: ['etcd1', 'etcd2', 'etcd3'] },
  need: 'network.reset',
  reach: nodesBetween,
  links: linksBetween,
  ends: 'both',
  trouble: () => ({ what: 'reset' }),
  async measure({ from, to }) {
    const handshake = await from.network.handshake(to.name, PROBE_TIMEOUT_MS);
    // No answer is a link that is cut, or a machine that is too slow to tell.
    return { took: handshake === 'no answer' ? undefined : handshake === 'reset', figures: { handshake } };
  },
});
