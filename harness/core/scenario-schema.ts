/** The published JSON Schema of a scenario file, as the text of docs/scenario.schema.json. */
import { scenarioSchema } from './scenario.ts';
import { z } from './schema.ts';

export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { target: 'draft-2020-12', io: 'input' });
  // A file may name its schema, for its author's editor.
  const properties = { $schema: { type: 'string' }, ...schema.properties };
  return `${JSON.stringify({ ...schema, properties, title: 'snowglobe scenario', description: 'One question asked of a generator: cluster, load, timetable, hazards.' }, null, 2)}\n`;
}
