/** The shapes of `node-program.ts`, as a file may give them: checked before anything starts. */
import { ID_FORMS } from './node-program.ts';
import { z } from './schema.ts';
import { ASK_PLACES, START_PLACES, templateProblem } from './template.ts';

export const LANES_MAX = 256;
const TIMEOUT_MAX_MS = 60_000;
const STARTS_MAX_MS = 600_000;

/** Text whose places are all known where it is filled in. */
const templateOf = (places: typeof ASK_PLACES): z.ZodString =>
  z.string().superRefine((text, context) => {
    const message = templateProblem(text, places);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
const startTemplate = templateOf(START_PLACES);
const askTemplate = templateOf(ASK_PLACES);
const timeoutMs = z.number().positive().max(TIMEOUT_MAX_MS);
const lanes = z.int().min(1).max(LANES_MAX);
const form = z.enum(ID_FORMS);

const program = {
  command: z.array(startTemplate).min(1).readonly().exactOptional(),
  image: z.string().min(1).exactOptional(),
  environment: z.record(z.string(), startTemplate).exactOptional(),
  folder: z.string().min(1).exactOptional(),
};

const A_PATH = 'a path that begins with /';

const idsSchema = z.union([
  z.enum(['auto', 'text', 'bytes', 'bytes-le']),
  z.templateLiteral(['json:', z.string()]),
  z.templateLiteral(['text:', z.string()]),
]);

const httpAskSchema = z.strictObject({
  over: z.literal('http'),
  port: z.int().min(1).max(65_535).exactOptional(),
  health: z.string().regex(/^\//, A_PATH).exactOptional(),
  path: askTemplate.regex(/^\//, A_PATH),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'a method of HTTP in capitals')
    .exactOptional(),
  body: askTemplate.exactOptional(),
  headers: z.record(z.string(), askTemplate).exactOptional(),
  ids: idsSchema.exactOptional(),
  form: form.exactOptional(),
  timeoutMs: timeoutMs.exactOptional(),
});

const maelstromAskSchema = z.strictObject({
  over: z.literal('maelstrom'),
  form: form.exactOptional(),
  timeoutMs: timeoutMs.exactOptional(),
});

export const serviceNodeSchema = z
  .strictObject({
    kind: z.literal('service'),
    ...program,
    urls: z
      .array(z.url({ protocol: /^http$/ }))
      .min(1)
      .readonly()
      .exactOptional(),
    ask: z.discriminatedUnion('over', [httpAskSchema, maelstromAskSchema]),
    lanes: lanes.exactOptional(),
    startsWithinMs: z.number().positive().max(STARTS_MAX_MS).exactOptional(),
  })
  .refine(
    ({ command, image, urls }) =>
      urls === undefined ? (command ?? image) !== undefined : (command ?? image) === undefined,
    'needs a command, an image, or urls of what runs already',
  );

export const nativeNodeSchema = z
  .strictObject({ kind: z.literal('native'), ...program })
  .refine(({ command, image }) => (command ?? image) !== undefined, 'needs a command or an image');

export const moduleNodeSchema = z.strictObject({
  kind: z.literal('module'),
  module: z.string().min(1),
  export: z.string().min(1).exactOptional(),
  call: z.enum(['function', 'factory']).exactOptional(),
  form: form.exactOptional(),
  lanes: lanes.exactOptional(),
  lanesAre: z.enum(['threads', 'processes']).exactOptional(),
});

/** A node that is plain data. */
export const dataNodeSchema = z.discriminatedUnion('kind', [serviceNodeSchema, nativeNodeSchema, moduleNodeSchema]);
