/** Which nodes may be kept from their coordinator by a disturbance of links. */
import { coordinatorWith, membersServing } from './coordinator-faults.ts';
import type { ClusterShape } from './fault.ts';
import { linkName } from './links.ts';

/**
 * Of the links that a fault touches: the nodes of which one leads to a member of their coordinator, or between two of its
 * members.
 */
export function keptFromCoordinator(touches: readonly string[], shape: ClusterShape): readonly string[] {
  const touched = new Set(touches);
  return shape.nodes.filter((node) => {
    const members = membersServing(coordinatorWith(node, shape), shape);
    return members.some((member) =>
      [node, ...members].some((end) => touched.has(linkName(end, member)) || touched.has(linkName(member, end))),
    );
  });
}
