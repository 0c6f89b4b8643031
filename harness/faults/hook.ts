/**
 * Whatever a command of the user's does to nodes that snowglobe did not start, and another undoes. A third says whether it
 * is in force, by another way than the first: without it nothing would prove that anything happened. One that says so
 * before anything was done, or when all is undone, says nothing: it is caught at both.
 */
import type { Cluster } from '../core/cluster.ts';
import type { Fault } from '../core/fault.ts';
import type { Hooks } from '../core/hooks.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { msToNs } from '../core/time.ts';

const command = z.string().min(1);

const options = z.strictObject({
  nodes: z.array(nodeTarget).min(1).describe('the nodes that it disturbs, which may refuse because of it'),
  inject: command.describe('a command for sh: disturbs them; has to end with 0'),
  observe: command.describe(
    'ends with 0 while it is in force, with 1 while it is not, also before and after; anything else tells nothing',
  ),
  heal: command.describe('undoes it; has to end with 0; also run after the harness was killed'),
  timeoutMs: z
    .number()
    .positive()
    .max(60_000)
    .default(10_000)
    .describe('the longest that a command may take, in milliseconds'),
});

const IN_FORCE = 0;
const NOT_IN_FORCE = 1;
/** A measurement that takes longer is none: it is asked for five times a second. */
const OBSERVE_MS = 800;
const LOOK_AGAIN_MS = 100;

export default {
  name: 'hook',
  summary: 'commands of your own disturb nodes that snowglobe did not start',
  needs: ['hook'],
  disturbs: ['process', 'link'],
  options,
  example: {
    nodes: ['n1'],
    inject: 'touch "$SNOWGLOBE_HOOKS/stopped"',
    observe: 'test -e "$SNOWGLOBE_HOOKS/stopped"',
    heal: 'rm -f "$SNOWGLOBE_HOOKS/stopped"',
    timeoutMs: 10_000,
  },

  touches: ({ nodes }) => [...new Set(nodes)].map((node) => `hooks of ${node}`),
  reach: ({ nodes }) => [...new Set(nodes)],
  seenWithinMs: ({ timeoutMs }) => timeoutMs,

  async inject(cluster, { inject, observe, heal, timeoutMs }, { key }) {
    const hooks = hooksOf(cluster);
    // Of what this disturbance did itself nothing has to be proved.
    if (!hooks.owes(key) && (await isInForce(hooks, observe)))
      throw new Error(`the observe command says that it is in force before it is injected: ${observe}`);
    hooks.owe(key, heal);
    await carriedOut(hooks, 'inject', inject, timeoutMs);
  },

  async observe(cluster, { observe }) {
    const { exit, said } = await hooksOf(cluster).run(observe, OBSERVE_MS);
    const took = exit === IN_FORCE ? true : exit === NOT_IN_FORCE ? false : undefined;
    return {
      took,
      measured: { exit: exit ?? null, ...(took === undefined && { said }) },
    };
  },

  async heal(cluster, { observe, heal, timeoutMs }, { key }) {
    const hooks = hooksOf(cluster);
    if (!hooks.owes(key)) return;
    const giveUp = cluster.time.now() + msToNs(timeoutMs);
    await carriedOut(hooks, 'heal', heal, timeoutMs);
    // What a command undoes may take a moment to be gone.
    while (await isInForce(hooks, observe)) {
      if (cluster.time.now() > giveUp)
        throw new Error(`the observe command says that it is still in force after its heal: ${observe}`);
      await cluster.time.sleep(LOOK_AGAIN_MS);
    }
    hooks.settle(key);
  },
} satisfies Fault<z.output<typeof options>>;

function hooksOf({ hooks, driver }: Cluster): Hooks {
  if (hooks === undefined) throw new Error(`the driver ${driver} runs no hooks`);
  return hooks;
}

async function isInForce(hooks: Hooks, observe: string): Promise<boolean> {
  return (await hooks.run(observe, OBSERVE_MS)).exit === IN_FORCE;
}

async function carriedOut(hooks: Hooks, what: string, command: string, timeoutMs: number): Promise<void> {
  const { exit, said } = await hooks.run(command, timeoutMs);
  if (exit === 0) return;
  const how = exit === undefined ? `took longer than ${timeoutMs} ms` : `ended with ${exit}`;
  throw new Error(`the ${what} command ${how}: ${command}${said === '' ? '' : ` (it said: ${said})`}`);
}
