/** Nodes that processes of this machine cannot be. Pure. */
import type { NodeKind } from '../../core/generator.ts';

export function localRefuses(node: NodeKind): string | undefined {
  if (node.kind === 'service' && node.urls !== undefined) return 'Its nodes run elsewhere, and it starts nodes itself.';
  if ('image' in node) return 'It is a container image, and this driver starts plain processes.';
  return undefined;
}
