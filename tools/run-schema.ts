/** Writes docs/run.schema.json, the published JSON Schema of run.json: `node tools/run-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { runJsonSchema } from '../harness/core/run-schema.ts';

writeFileSync(new URL('../docs/run.schema.json', import.meta.url), runJsonSchema());
