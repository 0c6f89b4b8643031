/** Writes the published JSON Schemas, docs/run.schema.json and docs/scenario.schema.json: `node tools/schemas.ts`. */
import { writeFileSync } from 'node:fs';
import { runJsonSchema } from '../harness/core/run-schema.ts';
import { scenarioJsonSchema } from '../harness/core/scenario-schema.ts';

writeFileSync(new URL('../docs/run.schema.json', import.meta.url), runJsonSchema());
writeFileSync(new URL('../docs/scenario.schema.json', import.meta.url), scenarioJsonSchema());
