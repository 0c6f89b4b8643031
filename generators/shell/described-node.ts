/** A node that is plain data, as it travels to the shell by value. */
import type { Layout } from '../../harness/core/layout.ts';
import type { ModuleNode, ServiceNode } from '../../harness/core/node-program.ts';

export interface DescribedNode {
  readonly name: string;
  readonly layout: Layout;
  readonly node: ServiceNode | ModuleNode;
}

/** The harness checked it before it sent it: this only tells what somebody else may have set the variable to. */
export function describedNode(text: string): DescribedNode {
  const value = JSON.parse(text) as Partial<DescribedNode> | null;
  if (typeof value?.name !== 'string' || typeof value.layout !== 'object' || typeof value.node !== 'object')
    throw new Error('it has no name, layout and node');
  return value as DescribedNode;
}
