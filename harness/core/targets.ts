/**
 * Which options of a fault name a part of the cluster, so that a name that does not exist is found before anything
 * starts. A fault marks such a field in its schema with `.meta({ target: 'node' })`.
 */
import type { JsonObject } from './json.ts';
import { z } from './schema.ts';

/** An option that names a node, for use in the options of a fault. */
export const nodeTarget = z.string().meta({ target: 'node', description: 'the node: its name, or @holder' });

/** The names that these options give for parts of the cluster, `@holder` included, in the order of the schema. */
export function targetsOf(schema: z.ZodType, options: JsonObject): readonly string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties)
    .filter(([, field]) => typeof field === 'object' && field['target'] === 'node')
    .map(([name]) => options[name])
    .filter((value) => typeof value === 'string');
}
