/**
 * Some nodes join a cluster that is at work, all at the same moment: each wants a worker ID while others hold theirs. For
 * the first half of the disturbance they are away, having left in good order; then they come.
 */
import type { Fault } from '../core/fault.ts';
import { GRACE_DEFAULT_MS, forgetLeaving, leave } from '../core/leaving.ts';
import { allHaveNewLives, forgetLives, rememberLives } from '../core/lives.ts';
import { nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** The note that they have come. */
const CAME = 'came';

const options = z.strictObject({ nodes: z.array(nodeTarget).min(1).describe('the nodes that join') });

export default {
  name: 'scale-up',
  summary: 'some nodes leave in good order for half the time, then join again at the same moment',
  needs: ['process.kill', 'process.terminate'],
  disturbs: ['process'],
  options,
  example: { nodes: ['n1', 'n2'] },
  refuses: ({ nodes }, cluster) =>
    cluster.nodes.every((node) => nodes.includes(node)) ? 'There would be no cluster to join.' : undefined,

  touches: ({ nodes }) => nodes.map((node) => `process of ${node}`),
  reach: ({ nodes }) => nodes,

  async inject(cluster, { nodes }, { notes, plannedMs }) {
    if (notes.has(CAME)) return;
    await rememberLives(cluster, nodes, notes);
    await leave(cluster, nodes, GRACE_DEFAULT_MS, notes);
    await cluster.time.sleep(plannedMs / 2);
    await Promise.all(nodes.map((node) => nodeOf(cluster, node).process.start()));
    notes.set(CAME, true);
  },

  observe: (cluster, { nodes }, { notes }) => allHaveNewLives(cluster, nodes, notes),

  async heal(cluster, { nodes }, { notes }) {
    notes.delete(CAME);
    forgetLives(nodes, notes);
    forgetLeaving(nodes, notes);
    await Promise.all(nodes.map((node) => nodeOf(cluster, node).process.start()));
  },
} satisfies Fault<z.output<typeof options>>;
