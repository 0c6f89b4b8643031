/** What all ways in have in common: the generator around a node that is plain data. */
import { badInput } from '../../core/errors.ts';
import type { Generator } from '../../core/generator.ts';
import type { Promise_ } from '../../core/guarantee.ts';
import type { Layout } from '../../core/layout.ts';
import { idBitsOf, isOpaque, OPAQUE_128, OPAQUE_64 } from '../../core/layout.ts';
import type { IdForm, ModuleNode, NativeNode, ServiceNode } from '../../core/node-program.ts';
import { NAME_MAX } from '../../core/scenario.ts';
import { hasPlace } from '../../core/template.ts';
import type { WayFlagName, WayFlags } from '../../core/way-in.ts';

type DataNode = ServiceNode | NativeNode | ModuleNode;

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
  refuseMisfit(layout, form);
  const promises = flags.promises ?? usualPromises(layout, form);
  refuseUnjudgeable(promises, layout, form, node);
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

function refuseMisfit(layout: Layout, form: IdForm): void {
  if (form === 'text' && !isOpaque(layout))
    throw badInput(
      'IDs of the form text are kept as a digest, out of which no field can be read.',
      'Leave --layout out, or say with --form how the IDs are written.',
      '--layout',
    );
  if ((form === 'uuid' || form === 'ulid' || form === 'text') && idBitsOf(layout) === 64)
    throw badInput(
      `A layout of 64 bits does not hold an ID of the form ${form}, which has 128.`,
      'Take a layout of 128 bits, such as uuidv7 or ulid, or leave --layout out.',
      '--layout',
    );
}

/** What could never be judged is told at once, and not as `unknown` at the end of a run. */
function refuseUnjudgeable(promises: readonly Promise_[], layout: Layout, form: IdForm, node: DataNode): void {
  const guarantees = promises.map(({ guarantee }) => guarantee);
  const refuse = (what: string, remedy: string): void => {
    throw badInput(what, remedy, '--promises');
  };
  if (guarantees.includes('time-honest') && layout.timeBits === 0)
    refuse('time-honest is about the time inside an ID, and the layout has none.', 'Give the layout: --layout.');
  if (guarantees.includes('well-formed') && isOpaque(layout))
    refuse('well-formed is about the fields of an ID, and none is known.', 'Give the layout: --layout.');
  const ordered = guarantees.find((name) => name.startsWith('increasing-'));
  if (ordered !== undefined && form === 'text')
    refuse(
      `${ordered} compares IDs, and of the form text only a digest is kept.`,
      'Say with --form how the IDs are written.',
    );
  if (guarantees.includes('owns-worker-id') && node.kind !== 'native')
    refuse(
      'owns-worker-id is judged by the worker ID that a node says it holds, and this one says nothing of it.',
      'Leave it out: two holders of one worker ID show as duplicates.',
    );
}

/** A node that is told where etcd is needs one. */
function coordinatorOf(node: DataNode): 'etcd' | 'none' {
  if (node.kind === 'module') return 'none';
  const templates = [...(node.command ?? []), ...Object.values(node.environment ?? {})];
  return templates.some((template) => hasPlace(template, 'etcd')) ? 'etcd' : 'none';
}
