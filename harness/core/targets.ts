/**
 * Which options of a fault name a part of the cluster, so that a name that does not exist is found before anything
 * starts. A fault marks such a field in its schema with `.meta({ target })`.
 */
import type { JsonObject } from './json.ts';
import { z } from './schema.ts';

/** An option that names a node, for use in the options of a fault. */
export const nodeTarget = z.string().meta({ target: 'node', description: 'the node: its name, or @holder' });

/** An option that names a coordinator member. */
export const coordinatorTarget = z.string().meta({ target: 'coordinator member', description: 'the name of a member' });

/** An option that names a node or a coordinator member. */
export const memberTarget = z
  .string()
  .meta({ target: 'member', description: 'the name of a node or of a coordinator member, or @holder' });

/** What an option may name. */
export type TargetKind = 'node' | 'coordinator member' | 'member';

export interface Target {
  readonly kind: TargetKind;
  readonly name: string;
}

/** The names that these options give for parts of the cluster, `@holder` included, in the order of the schema. */
export function targetsOf(schema: z.ZodType, options: JsonObject): readonly Target[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).flatMap(([field, described]) => {
    if (typeof described !== 'object') return [];
    // A list of names carries its mark on what it is a list of.
    const marked = typeof described.items === 'object' && !Array.isArray(described.items) ? described.items : described;
    const kind = marked['target'] as TargetKind | undefined;
    const given = options[field];
    if (kind === undefined) return [];
    return (Array.isArray(given) ? given : [given])
      .filter((name) => typeof name === 'string')
      .map((name) => ({ kind, name }));
  });
}
