/** The environment variables that tell a node where it stands in its cluster (generators/PROTOCOL.md). */
import type { ClusterSpec } from '../../core/cluster.ts';
import { placeOf } from '../../core/cluster.ts';

export function placeVariables(spec: ClusterSpec, node: string, index: number): Record<string, string> {
  const { zone, region } = placeOf(spec, node);
  return {
    SNOWGLOBE_INDEX: String(index),
    ...(zone !== undefined && { SNOWGLOBE_ZONE: zone }),
    ...(region !== undefined && { SNOWGLOBE_REGION: region }),
  };
}
