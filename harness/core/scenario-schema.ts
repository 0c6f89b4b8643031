/** The published JSON Schema of a scenario file, as the text of docs/scenario.schema.json. */
import { scenarioSchema } from './scenario.ts';
import { z } from './schema.ts';

export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { target: 'draft-2020-12', io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'snowglobe scenario', description: 'One question asked of a generator: cluster, load, timetable, hazards.' }, null, 2)}\n`;
}
