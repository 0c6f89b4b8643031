/**
 * Looking at a cluster from outside: what faults measure with. No answer is a measurement, not an error.
 */
import type { Cluster, ClusterNode, CoordinatorMember, MemberStatus, NodeHealth } from './cluster.ts';
import type { Origin } from './time.ts';
import { trueUnixMs } from './time.ts';

/**
 * How long a measurement waits for an answer. Answers take a few milliseconds, and on a machine with more to do than cores
 * a few hundred: two that fail in a row must still leave no second unmeasured.
 */
export const PROBE_TIMEOUT_MS = 400;

export function nodeOf(cluster: Cluster, name: string): ClusterNode {
  return named('node', cluster.nodes, name);
}

export function memberOf(cluster: Cluster, name: string): CoordinatorMember {
  return named('coordinator member', cluster.coordinator.members, name);
}

/** The node's health, or undefined when it gave no answer. */
export async function healthOf(node: ClusterNode, timeoutMs = PROBE_TIMEOUT_MS): Promise<NodeHealth | undefined> {
  try {
    return await node.health(timeoutMs);
  } catch {
    return undefined;
  }
}

/** The member's status, or undefined when it gave no answer. */
export async function statusOf(
  member: CoordinatorMember,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<MemberStatus | undefined> {
  try {
    return await member.status(timeoutMs);
  } catch {
    return undefined;
  }
}

/**
 * For whoever takes the clock of a node for evidence. Throws where it is another one than that of what mints: a fault that
 * cannot be measured has not bitten.
 */
export function assertClockOfMinter({ clockDoubt }: NodeHealth): void {
  if (clockDoubt !== undefined) throw new Error(clockDoubt);
}

/** How far the node's wall clock was from true time when it was read, in milliseconds; positive: ahead. */
export function offsetMs(origin: Origin, health: NodeHealth): number {
  return health.wallMs - trueUnixMs(origin, health.at);
}

function named<Part extends { readonly name: string }>(kind: string, parts: readonly Part[], name: string): Part {
  const found = parts.find((part) => part.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} called ${name}.`);
  return found;
}
