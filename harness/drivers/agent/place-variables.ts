/** The environment variables by which a node is told its part in its cluster (generators/PROTOCOL.md). */
import type { ClusterSpec } from '../../core/cluster.ts';
import { placeOf } from '../../core/cluster.ts';

export function placeVariables(spec: ClusterSpec, node: string, index: number): Record<string, string> {
  const { zone, region } = placeOf(spec, node);
  return {
    SNOWGLOBE_INDEX: String(index),
    SNOWGLOBE_NODES: String(spec.nodes),
    ...(spec.selfLoad !== undefined && { SNOWGLOBE_SELF_LOAD: String(spec.selfLoad) }),
    ...(zone !== undefined && { SNOWGLOBE_ZONE: zone }),
    ...(region !== undefined && { SNOWGLOBE_REGION: region }),
  };
}
