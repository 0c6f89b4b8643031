/**
 * Nodes that leave in good order: asked to end with SIGTERM, they give back what they hold and end by themselves. What
 * faults that let nodes leave share.
 */
import type { Cluster, OwnerKey } from './cluster.ts';
import { namedBy } from './coordinators.ts';
import type { Evidence } from './disturbance.ts';
import type { Fault, FaultContext } from './fault.ts';
import type { Json, JsonObject } from './json.ts';
import { assertAllLive, namesOfLiving } from './lives.ts';
import { healthOf, nodeOf, PROBE_TIMEOUT_MS } from './observe.ts';
import { z } from './schema.ts';
import { nsToMs } from './time.ts';

/** Notes of a node that left: how its process ended, how long that took, and the names of the owner keys it held. */
const ENDED = 'ended: ';
const ENDED_MS = 'ended after ms: ';
const HELD = 'held: ';

/** An orchestrator usually grants tens of seconds. */
export const GRACE_DEFAULT_MS = 5000;
/** Twice what Kubernetes grants by default (terminationGracePeriodSeconds). */
const GRACE_MAX_MS = 60_000;

/** How long a node may take to give back what it holds, in milliseconds, as an option. */
export const graceMs = z.number().positive().max(GRACE_MAX_MS).default(GRACE_DEFAULT_MS);

/** A fault that lets nodes leave at once, and starts them again at the heal. */
export function leavingFault<Options extends JsonObject>({
  nodesOf,
  graceMsOf,
  ...told
}: Pick<Fault<Options>, 'name' | 'summary' | 'options' | 'example' | 'refuses'> & {
  readonly nodesOf: (options: Options) => readonly string[];
  readonly graceMsOf: (options: Options) => number;
}): Fault<Options> {
  return {
    ...told,
    needs: ['process.kill', 'process.terminate'],
    disturbs: ['process'],
    touches: (options) => nodesOf(options).map((node) => `process of ${node}`),
    reach: (options) => nodesOf(options),
    inject: (cluster, options, { notes }) => leave(cluster, nodesOf(options), graceMsOf(options), notes),
    observe: (cluster, options, { notes }) => haveLeft(cluster, nodesOf(options), notes),
    async heal(cluster, options, { notes }) {
      forgetLeaving(nodesOf(options), notes);
      await Promise.all(nodesOf(options).map((node) => nodeOf(cluster, node).process.start()));
    },
  };
}

/** Lets them leave, all at the same time. One that outlasts its grace is killed, as an orchestrator does. */
export async function leave(
  cluster: Cluster,
  nodes: readonly string[],
  graceMs: number,
  notes: FaultContext['notes'],
): Promise<void> {
  const staying = nodes.filter((node) => !notes.has(ENDED + node)).map((node) => nodeOf(cluster, node));
  await assertAllLive(staying);
  const owners = await cluster.coordinator.owners(PROBE_TIMEOUT_MS).catch(() => undefined);
  await Promise.all(
    staying.map(async (node) => {
      const held = owners?.filter(({ value }) => value.startsWith(`${node.name}.`));
      notes.set(HELD + node.name, held?.map(keyName) ?? null);
      const asked = cluster.time.now();
      const termination = await node.process.terminate(graceMs);
      if (termination === 'still running') await node.process.kill();
      notes.set(ENDED + node.name, termination);
      notes.set(ENDED_MS + node.name, Math.round(nsToMs(cluster.time.now() - asked)));
    }),
  );
}

/**
 * In force while all are gone, and ended by themselves: that tells it from a kill. Whether the owner keys are gone is
 * measured beside it: a generator that leaves its lease to run out was asked to end all the same.
 */
export async function haveLeft(
  cluster: Cluster,
  nodes: readonly string[],
  notes: FaultContext['notes'],
): Promise<Evidence> {
  const subjects = nodes.map((node) => nodeOf(cluster, node));
  const [alive, healths, owners] = await Promise.all([
    namesOfLiving(subjects),
    Promise.all(subjects.map((node) => healthOf(node))),
    cluster.coordinator.owners(PROBE_TIMEOUT_MS).catch(() => undefined),
  ]);
  const answer = nodes.filter((_, index) => healths[index] !== undefined);
  const left = nodes.map((node): readonly [string, { [name: string]: Json }] => {
    const held = notes.get(HELD + node);
    return [
      node,
      {
        ended: notes.get(ENDED + node) ?? null,
        afterMs: notes.get(ENDED_MS + node) ?? null,
        ownerKeys:
          Array.isArray(held) && owners !== undefined ? { held: held.length, left: leftOf(held, owners) } : null,
      },
    ];
  });
  const orderly = left.every(([, { ended }]) => ended === 'exited' || ended === 'signalled');
  return {
    took: orderly && alive.length === 0 && answer.length === 0,
    measured: { alive, answer, left: Object.fromEntries(left) },
  };
}

function leftOf(held: readonly Json[], owners: readonly OwnerKey[]): number {
  return owners.filter((key) => held.includes(keyName(key))).length;
}

/** Create revisions are given by each coordinator anew. */
function keyName(key: OwnerKey): string {
  return namedBy(key, key.createRevision);
}

/** Before they are started again. */
export function forgetLeaving(nodes: readonly string[], notes: FaultContext['notes']): void {
  for (const node of nodes) for (const note of [ENDED, ENDED_MS, HELD]) notes.delete(note + node);
}
