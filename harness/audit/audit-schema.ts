/**
 * What an audit found, as data: strict and versioned. IDs and numbers that may be of 64 bits are decimal strings. The
 * published form is docs/audit.schema.json.
 */
import { z } from '../core/schema.ts';
import { REFUSALS } from './refusals.ts';
import type { RefusalKind } from './refusals.ts';

export const AUDIT_VERSION = 1;

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const decimal = z.string().regex(/^\d+$/).describe('decimal');
const count = z.int().nonnegative();
const moment = z.string().describe('ISO 8601; `tick N` of a time that no calendar has');
const kinds = Object.keys(REFUSALS) as [RefusalKind, ...RefusalKind[]];

const fields = z.strictObject({
  time: moment.exactOptional(),
  worker: count.exactOptional(),
  sequence: decimal.exactOptional(),
});

const step = z.strictObject({
  position: decimal.describe('of the later ID, in the line of its node, from 0'),
  before: decimal,
  after: decimal,
});

const inversion = z.strictObject({
  position: decimal.describe('of the lower ID'),
  highest: decimal.describe('the highest ID before it'),
  after: decimal,
  ms: z.number().exactOptional().describe('how far the time in the ID goes back'),
});

const line = z.strictObject({
  name: z.string(),
  node: z.string().describe('who minted; several lines of taps may be of one node'),
  ids: decimal,
  first: decimal,
  last: decimal,
  min: decimal,
  max: decimal,
  backward: decimal.describe('IDs that are no greater than the one before them'),
  steps: list(step).describe('the first 100 of them'),
  largestInversion: inversion.exactOptional(),
  from: moment.exactOptional(),
  to: moment.exactOptional(),
  workers: list(count).exactOptional().describe('the first 100'),
  perMs: z.number().exactOptional().describe('IDs, in the mean, from the first to the last time in them'),
  peak: z
    .strictObject({ ids: count, at: moment, atLeast: z.boolean() })
    .exactOptional()
    .describe('the most in one tick of one worker ID; at least: the line is not in the order of its ticks'),
  sequence: z
    .strictObject({ mean: z.number(), peak: z.number() })
    .exactOptional()
    .describe('of the IDs that one worker may mint in one tick, the share that it did'),
});

const overlap = z.strictObject({
  worker: count,
  from: moment,
  to: moment,
  ticks: z.strictObject({ from: decimal, to: decimal }),
  nodes: list(z.string()),
  ids: count,
});

const refusal = z.strictObject({
  input: z.string(),
  line: count.exactOptional(),
  kind: z.enum(kinds),
  text: z.string(),
});

export const auditSchema = z.strictObject({
  version: z.literal(AUDIT_VERSION),
  verdict: z.enum(['pass', 'fail', 'unknown']),
  exitCode: z.int(),
  reasons: list(z.string()),
  command: z.string(),
  inputs: list(
    z.strictObject({
      name: z.string(),
      format: z.string(),
      compression: z.string().exactOptional(),
      bytes: count,
      ids: count,
    }),
  ),
  idBits: z.literal([64, 128]),
  form: z.string().describe('how the IDs of texts are written'),
  layout: z.string().exactOptional().describe('as a spec'),
  ids: decimal,
  unique: z
    .strictObject({
      method: z.string(),
      why: z.string().exactOptional(),
      checked: decimal,
      surplus: decimal.describe('IDs beyond the first of each'),
      repeated: decimal.describe('IDs that are there more than once'),
      duplicates: list(
        z.strictObject({
          id: decimal,
          written: z
            .string()
            .exactOptional()
            .describe('the ID in the form of the input, where that is not decimal digits'),
          total: decimal,
          fields: fields.exactOptional(),
          sightings: list(z.strictObject({ line: z.string(), node: z.string(), position: decimal })),
        }),
      ).describe('the lowest of them'),
    })
    .exactOptional(),
  orderJudged: z.boolean().describe('false: rows of a table come in no order'),
  lines: list(line),
  time: z.strictObject({ from: moment, to: moment, ms: z.number(), tickMs: z.number() }).exactOptional(),
  workers: z.strictObject({ count, seen: list(count), tooMany: z.boolean() }).exactOptional(),
  misfits: z
    .strictObject({ ids: count, first: z.strictObject({ line: z.string(), position: count }).exactOptional() })
    .exactOptional()
    .describe('IDs whose fixed or unused bits are not those of the layout'),
  clocks: z
    .strictObject({
      how: z.string(),
      nodes: list(z.strictObject({ node: z.string(), aheadMs: z.number(), uncertaintyMs: z.number(), samples: count })),
    })
    .exactOptional(),
  suspects: z
    .strictObject({
      ids: count,
      workers: count,
      from: moment.exactOptional(),
      to: moment.exactOptional(),
      overlaps: list(overlap),
      overlapsInAll: count,
      coarse: z.boolean(),
      file: z.string().exactOptional(),
    })
    .exactOptional(),
  refused: z.strictObject({
    total: count,
    byKind: z.partialRecord(z.enum(kinds), count),
    shown: list(refusal),
  }),
  tornBytes: count.exactOptional().describe('of taps: behind the last committed batches'),
  took: z.strictObject({ seconds: z.number(), idsPerSecond: z.number() }),
});

export type Audit = z.infer<typeof auditSchema>;
export type AuditLine = Audit['lines'][number];

/** The published JSON Schema of what `--json` writes, as the text of docs/audit.schema.json. */
export function auditJsonSchema(): string {
  const schema = z.toJSONSchema(auditSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ ...schema, title: 'snowglobe audit --json', description: 'What an audit of IDs found.' }, null, 2)}\n`;
}
