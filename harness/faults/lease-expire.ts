/**
 * The lease of one node is revoked from outside while the node lives and keeps it alive: an operator's mistake, or a
 * coordinator that breaks its word. Its owner key goes at once; the node learns of it at its next keep-alive.
 */
import type { Cluster } from '../core/cluster.ts';
import { coordinatorOfNode } from '../core/coordinators-as-one.ts';
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf, PROBE_TIMEOUT_MS } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { msToNs } from '../core/time.ts';

/** A note of the disturbance: the lease that was revoked. */
const LEASE = 'lease';
const REVOKE_MS = 2000;
/** A node that has just lost a worker ID takes another one in this time. */
const HOLDS_MS = 5000;
const ASK_EVERY_MS = 100;

const options = z.strictObject({ node: nodeTarget });

export default {
  name: 'lease-expire',
  summary: 'the lease of a node is revoked from outside while the node lives',
  needs: [],
  coordinators: ['etcd'],
  disturbs: ['coordinator'],
  options,
  example: { node: 'n1' },

  touches: ({ node }) => [`lease of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node }, { notes }) {
    const known = notes.get(LEASE);
    const lease = typeof known === 'string' ? known : await leaseHeldBy(cluster, node);
    notes.set(LEASE, lease);
    await coordinatorOfNode(cluster, node).revoke(lease, REVOKE_MS);
  },

  /** By the owner keys and the process: the node itself may not know yet, or have another lease. */
  async observe(cluster, { node }, { notes }) {
    const lease = notes.get(LEASE);
    if (typeof lease !== 'string') return { took: false, measured: {} };
    const [owners, alive] = await Promise.all([
      coordinatorOfNode(cluster, node)
        .owners(PROBE_TIMEOUT_MS)
        .catch(() => undefined),
      nodeOf(cluster, node).process.alive(),
    ]);
    const ownerKey = owners?.some((key) => key.lease === lease);
    return {
      took: ownerKey === undefined || !alive ? undefined : !ownerKey,
      measured: { lease, ownerKey: ownerKey ?? null, alive },
    };
  },

  /** What was revoked stays so; the node takes another lease by itself. */
  async heal(_cluster, _options, { notes }) {
    notes.delete(LEASE);
  },
} satisfies Fault<z.output<typeof options>>;

/** The lease of the node, as node and coordinator have it; waits while the node has none. */
async function leaseHeldBy(cluster: Cluster, node: string): Promise<string> {
  const { time } = cluster;
  const coordinator = coordinatorOfNode(cluster, node);
  const giveUpAt = time.now() + msToNs(HOLDS_MS);
  for (;;) {
    const [health, owners] = await Promise.all([healthOf(nodeOf(cluster, node)), coordinator.owners(REVOKE_MS)]);
    const lease = health?.lease;
    if (lease !== undefined && owners.some((key) => key.lease === lease)) return lease;
    if (time.now() >= giveUpAt)
      throw new Error(`${node} held no worker ID under a lease for ${HOLDS_MS} ms: there is nothing to revoke`);
    await time.sleep(ASK_EVERY_MS);
  }
}
