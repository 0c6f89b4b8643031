/** The shape of a generator, as a file exports it, and of a JSON file that holds one whose node is plain data. */
import { COORDINATOR_NAMES_OR_NONE } from './coordinator-kind.ts';
import { layoutProblems, NUMBER_BITS_MAX, WORKER_BITS_MAX } from './layout.ts';
import { dataNodeSchema } from './node-schema.ts';
import { promisesSchema } from './promise-schema.ts';
import { NAME_MAX } from './scenario.ts';
import { z } from './schema.ts';

const bits = z.int().nonnegative();

const layoutSchema = z
  .object({
    idBits: z.literal([64, 128]).exactOptional(),
    timeBits: bits.max(NUMBER_BITS_MAX),
    workerBits: bits.max(WORKER_BITS_MAX),
    workerParts: z.array(bits).min(2).exactOptional(),
    sequenceBits: bits,
    tickMs: z.number().positive(),
    epochMs: z.number(),
    shifts: z.strictObject({ time: bits, worker: bits, sequence: bits }).exactOptional(),
    fixed: z.array(z.strictObject({ shift: bits, bits: bits.max(NUMBER_BITS_MAX), value: bits })).exactOptional(),
  })
  .superRefine((layout, context) => {
    for (const message of layoutProblems(layout)) context.addIssue({ code: 'custom', message });
  });

const shellNodeSchema = z.object({
  kind: z.literal('shell'),
  create: z.custom((value) => typeof value === 'function', 'needs a function create'),
  snapshot: z.custom((value) => typeof value === 'function', 'must be a function').exactOptional(),
});

const common = {
  name: z
    .string()
    .max(NAME_MAX, `at most ${NAME_MAX} characters`)
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case words joined by hyphens'),
  summary: z.string(),
  promises: promisesSchema,
  coordinator: z.enum(COORDINATOR_NAMES_OR_NONE).exactOptional(),
};

/** Only what the harness reads; the shape of `create` cannot be told from outside. */
export const generatorSchema = z.object({
  ...common,
  layout: layoutSchema,
  node: z.discriminatedUnion('kind', [shellNodeSchema, dataNodeSchema]),
});

/** What a JSON file holds; its layout may be a name or a spec, as `--layout` takes it. */
export const generatorFileSchema = z.strictObject({
  ...common,
  layout: z.union([z.string().min(1), layoutSchema]),
  node: dataNodeSchema,
});

/** The published JSON Schema of a generator file, as the text of docs/generator.schema.json. */
export function generatorJsonSchema(): string {
  const schema = z.toJSONSchema(generatorFileSchema, { target: 'draft-2020-12', io: 'input' });
  // A file may name its schema, for its author's editor.
  const properties = { $schema: { type: 'string' }, ...schema.properties };
  return `${JSON.stringify({ ...schema, properties, title: 'snowglobe generator', description: 'A generator that is not code for the shell of snowglobe: how its nodes are started, and how they are asked.' }, null, 2)}\n`;
}
