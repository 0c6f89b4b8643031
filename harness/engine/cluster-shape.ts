import type { Cluster } from '../core/cluster.ts';
import type { ClusterShape } from '../core/fault.ts';

/** The names in a running cluster. */
export function shapeOfCluster(cluster: Cluster): ClusterShape {
  return {
    nodes: cluster.nodes.map(({ name }) => name),
    coordinatorMembers: cluster.coordinator.members.map(({ name }) => name),
  };
}
