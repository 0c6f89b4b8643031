/** What all ways in have in common: the generator around a node that is plain data. */
import type { Generator } from '../../core/generator.ts';
import type { Promise_ } from '../../core/guarantee.ts';
import type { Layout } from '../../core/layout.ts';
import { isOpaque, OPAQUE_128, OPAQUE_64 } from '../../core/layout.ts';
import type { DataNode, IdForm } from '../../core/node-program.ts';
import { NAME_MAX } from '../../core/scenario.ts';
import { hasPlace } from '../../core/template.ts';
import type { WayFlagName, WayFlags } from '../../core/way-in.ts';

/** Flags that go with any node. */
export const ANY_NODE: readonly WayFlagName[] = ['layout', 'promises'];
/** Flags that say how a service is asked over HTTP. */
export const OVER_HTTP: readonly WayFlagName[] = ['ask', 'method', 'body', 'header', 'ids', 'form', 'health', 'lanes'];

export interface Made {
  /** What its name is made of: a program, an image, a package. */
  readonly called: string;
  readonly summary: string;
  readonly node: DataNode;
}

export function madeGenerator({ called, summary, node }: Made, flags: WayFlags): Generator {
  const { form = 'decimal' } = flags;
  const layout = flags.layout ?? layoutFor(form);
  const promises = flags.promises ?? usualPromises(layout, form);
  return { name: nameFrom(called), summary, promises, layout, coordinator: coordinatorOf(node), node };
}

/** Of names that would begin with a digit. */
const PREFIX = 'at-';

/** `@acme/My_Ids` becomes `acme-my-ids`: lower-case words joined by hyphens. */
export function nameFrom(text: string): string {
  const words = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX - PREFIX.length)
    .replaceAll(/^-+|-+$/g, '');
  if (words === '') return 'generator';
  return /^[a-z]/.test(words) ? words : `${PREFIX}${words}`;
}

/** Nothing is known of what is inside an ID; how it is written tells how long it may be. */
function layoutFor(form: IdForm): Layout {
  return form === 'decimal' ? OPAQUE_64 : OPAQUE_128;
}

/** What a generator of IDs is for, and what its answers have to keep, whoever made it. */
export function usualPromises(layout: Layout, form: IdForm): readonly Promise_[] {
  return [
    { guarantee: 'unique' },
    { guarantee: 'fails-closed' },
    // A number of JSON may lose digits on its way; text does not.
    ...(form === 'decimal' ? [{ guarantee: 'faithful-encoding' } as const] : []),
    ...(isOpaque(layout) ? [] : [{ guarantee: 'well-formed' } as const]),
  ];
}

/** A node that is told where etcd is needs one. */
function coordinatorOf(node: DataNode): 'etcd' | 'none' {
  if (node.kind === 'module') return 'none';
  const templates = [...(node.command ?? []), ...Object.values(node.environment ?? {})];
  return templates.some((template) => hasPlace(template, 'etcd')) ? 'etcd' : 'none';
}
