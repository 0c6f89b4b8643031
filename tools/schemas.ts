/** Writes the published JSON Schemas, docs/{run,scenario,generator,plan,prices,audit}.schema.json: `node tools/schemas.ts`. */
import { writeFileSync } from 'node:fs';
import { auditJsonSchema } from '../harness/audit/audit-schema.ts';
import { generatorJsonSchema } from '../harness/core/generator-schema.ts';
import { runJsonSchema } from '../harness/core/run-schema.ts';
import { scenarioJsonSchema } from '../harness/core/scenario-schema.ts';
import { planJsonSchema, pricesJsonSchema } from '../harness/plan/plan-input.ts';

writeFileSync(new URL('../docs/run.schema.json', import.meta.url), runJsonSchema());
writeFileSync(new URL('../docs/scenario.schema.json', import.meta.url), scenarioJsonSchema());
writeFileSync(new URL('../docs/generator.schema.json', import.meta.url), generatorJsonSchema());
writeFileSync(new URL('../docs/plan.schema.json', import.meta.url), planJsonSchema());
writeFileSync(new URL('../docs/prices.schema.json', import.meta.url), pricesJsonSchema());
writeFileSync(new URL('../docs/audit.schema.json', import.meta.url), auditJsonSchema());
