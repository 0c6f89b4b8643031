/** Nodes that run elsewhere are as many as there are. Pure. */
import type { Generator } from '../core/generator.ts';
import type { Scenario } from '../core/scenario.ts';

/** The scenario with a node for each URL; the same, where its nodes are started by a driver or are as many already. */
export function sizedToUrls(scenario: Scenario, { node }: Pick<Generator, 'node'>): Scenario {
  const nodes = node.kind === 'service' ? node.urls?.length : undefined;
  if (nodes === undefined || nodes === scenario.cluster.nodes) return scenario;
  return { ...scenario, cluster: { ...scenario.cluster, nodes } };
}
