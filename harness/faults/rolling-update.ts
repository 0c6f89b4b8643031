/**
 * Nodes are replaced one after another, as an orchestrator does it with a surge of one: a new node starts and answers, and
 * only then an old one is asked to leave. It goes round until the heal.
 */
import type { Cluster } from '../core/cluster.ts';
import type { Fault } from '../core/fault.ts';
import { forgetLeaving, leave } from '../core/leaving.ts';
import { assertAllLive, forgetLives, newLivesKeepComing, rememberLives } from '../core/lives.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { assertRepeats, repeat, stopRepeating } from '../core/repeat.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { msToNs } from '../core/time.ts';

/** How long a new node may take to answer on a machine with more to do than cores, and how often it is asked. */
const ANSWERS_MS = 15_000;
const ASK_EVERY_MS = 50;
/** Later than this after the last replacement was due, the update is not in force any more. */
const PATIENCE_MS = 6000;
/** An old node has this long to leave. */
const GRACE_MS = 5000;

const options = z.strictObject({
  nodes: z.array(nodeTarget).min(2).describe('the nodes, in the order in which they are replaced'),
  everyMs: z.number().min(200).max(10_000).describe('milliseconds from one replacement to the next'),
});

export default {
  name: 'rolling-update',
  summary: 'one node after another is asked to leave, each only when a new one answers in its stead, until the heal',
  needs: ['process.kill', 'process.terminate'],
  disturbs: ['process'],
  options,
  example: { nodes: ['n1', 'n2', 'n3'], everyMs: 300 },
  refuses: ({ nodes }) => (new Set(nodes).size < nodes.length ? 'A node is named twice.' : undefined),

  touches: ({ nodes }) => nodes.map((node) => `process of ${node}`),
  reach: ({ nodes }) => nodes,

  /** Where there are no spare machines, the surge is the last node, which leaves first and returns as the new one. */
  async inject(cluster, { nodes, everyMs }, context) {
    const { notes } = context;
    await stopRepeating(context);
    await startAll(cluster, nodes);
    forgetLeaving(nodes, notes);
    await assertAllLive(nodes.map((node) => nodeOf(cluster, node)));
    await rememberLives(cluster, nodes, notes);
    await leave(cluster, nodes.slice(-1), GRACE_MS, notes);
    await repeat(context, cluster.time, everyMs, async (round) => {
      const [old, fresh] = [nodes[round % nodes.length]!, nodes[(round + nodes.length - 1) % nodes.length]!];
      forgetLeaving([fresh], notes);
      await nodeOf(cluster, fresh).process.start();
      await untilItAnswers(cluster, fresh);
      await leave(cluster, [old], GRACE_MS, notes);
    });
  },

  async observe(cluster, { nodes, everyMs }, context) {
    assertRepeats(context);
    return newLivesKeepComing(cluster, nodes, context.notes, 2 * everyMs + PATIENCE_MS);
  },

  async heal(cluster, { nodes }, context) {
    await stopRepeating(context);
    forgetLives(nodes, context.notes);
    forgetLeaving(nodes, context.notes);
    await startAll(cluster, nodes);
  },
} satisfies Fault<z.output<typeof options>>;

async function startAll(cluster: Cluster, nodes: readonly string[]): Promise<void> {
  await Promise.all(nodes.map((node) => nodeOf(cluster, node).process.start()));
}

async function untilItAnswers(cluster: Cluster, node: string): Promise<void> {
  const giveUpAt = cluster.time.now() + msToNs(ANSWERS_MS);
  while ((await healthOf(nodeOf(cluster, node))) === undefined) {
    if (cluster.time.now() > giveUpAt)
      throw new Error(`${node} was started anew and gave no answer in ${ANSWERS_MS} ms`);
    await cluster.time.sleep(ASK_EVERY_MS);
  }
}
