/**
 * The schema of `run.json`: strict and versioned, so that a reader of another version, or of a file that was edited by
 * hand, is told what is wrong instead of seeing half a run. The published form is docs/run.schema.json.
 */
import { CAUSES } from './cause.ts';
import type { Cause } from './cause.ts';
import { REPEATED_MAX, WITNESSES_MAX } from './finding.ts';
import { badInput, messageOf } from './errors.ts';
import { DISTURBED } from './disturbance.ts';
import { GUARANTEE_NAMES } from './guarantee.ts';
import type { Guarantee } from './guarantee.ts';
import type { Json } from './json.ts';
import { dataNodeSchema } from './node-schema.ts';
import type { Phase } from './phase.ts';
import { promisesSchema } from './promise-schema.ts';
import { RUN_VERSION } from './run.ts';
import type { Run } from './run.ts';
import { scenarioSchema } from './scenario.ts';
import { GATHERED } from './scope.ts';
import { z } from './schema.ts';
import { UNITS } from './slo.ts';
import type { Unit } from './slo.ts';
import { UNKNOWN_REASONS } from './verdict.ts';
import type { UnknownReasonName, Verdict } from './verdict.ts';

const MORE_PROBLEMS_MAX = 8;

const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): [Key, ...Key[]] =>
  Object.keys(table) as [Key, ...Key[]];
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

const json = z.json() as unknown as z.ZodType<Json>;
const jsonObject = z.record(z.string(), json).readonly();
const strings = z.record(z.string(), z.string()).readonly();
const decimal = z.string().regex(/^\d+$/, 'must be a decimal number in a string').describe('64 bits, decimal');
const at = z.number().describe("nanoseconds since the run's origin");
/** Absent in JSON where the type has undefined: it could not be measured. */
const took = z.boolean().optional() as unknown as z.ZodType<boolean | undefined>;
const count = z.int().nonnegative();
const verdict: z.ZodType<Verdict> = z.enum(['pass', 'unknown', 'fail']);
const guarantee: z.ZodType<Guarantee> = z.enum(GUARANTEE_NAMES as [Guarantee, ...Guarantee[]]);
const cause: z.ZodType<Cause> = z.enum(keysOf(CAUSES));
const unknownReasonName: z.ZodType<UnknownReasonName> = z.enum(keysOf(UNKNOWN_REASONS));
const phase: z.ZodType<Phase> = z.enum(['launch', 'warm-up', 'disturb', 'recover', 'drain', 'judge', 'done']);

const layoutSchema = z.strictObject({
  timeBits: count,
  workerBits: count,
  workerParts: list(count).exactOptional(),
  sequenceBits: count,
  tickMs: z.number().positive(),
  epochMs: z.number(),
  idBits: z.literal([64, 128]).exactOptional(),
  shifts: z.strictObject({ time: count, worker: count, sequence: count }).exactOptional(),
  fixed: list(z.strictObject({ shift: count, bits: count, value: count })).exactOptional(),
});

const scopeSchema = z.strictObject({
  gathered: z.enum(keysOf(GATHERED)),
  says: z.string(),
  untoldHolders: z.literal(true).exactOptional(),
  digests: z.literal(true).exactOptional(),
});

const sightingSchema = z.strictObject({
  node: z.string(),
  incarnation: count,
  lane: count,
  seq: count,
  id: decimal.exactOptional(),
  called: at,
  returned: at,
  wallCalledMs: z.number(),
  wallReturnedMs: z.number(),
  workerId: z.int(),
  lease: decimal,
  createRevision: decimal,
});

const tenureSchema = z.strictObject({
  workerId: z.int(),
  node: z.string(),
  incarnation: count,
  coordinator: z.string().exactOptional(),
  lease: decimal,
  createRevision: decimal,
  from: at,
  to: at,
});

const witnessSchema = z.strictObject({
  what: z.string(),
  sightings: list(sightingSchema),
  tenures: list(tenureSchema).exactOptional(),
  at,
  worker: z.int().exactOptional(),
  received: z.strictObject({ first: decimal, last: decimal }).exactOptional(),
  receivedBefore: z.strictObject({ first: decimal, last: decimal, at }).exactOptional(),
  outsideAssumptions: z.boolean().exactOptional(),
  cause: cause.exactOptional(),
  explanation: z.string().exactOptional(),
});

const repeatedIdSchema = z.strictObject({
  id: decimal,
  times: count,
  sightings: list(sightingSchema.pick({ node: true, incarnation: true, lane: true, seq: true })),
});

const findingSchema = z.strictObject({
  guarantee,
  scope: z.string().exactOptional(),
  byHolder: z.literal(true).exactOptional(),
  verdict,
  checked: count,
  unit: z.string(),
  violations: count,
  outsideAssumptions: count,
  undecided: count,
  witnesses: z.array(witnessSchema).max(WITNESSES_MAX).readonly(),
  method: z
    .strictObject({ by: z.enum(['run certificate', 'order of all IDs']), ids: count, compared: count })
    .exactOptional(),
  repeated: z.array(repeatedIdSchema).max(REPEATED_MAX).readonly().exactOptional(),
  promised: z.boolean(),
});

const disturbanceRecordSchema = z.strictObject({
  key: z.string(),
  name: z.string(),
  slot: z.string(),
  fault: z.string(),
  disturbs: list(z.enum(DISTURBED)),
  options: jsonObject,
  reach: list(z.string()),
  keepsFromCoordinator: list(z.string()).exactOptional(),
  delaysMs: z.number().exactOptional(),
  signal: z.strictObject({ awaited: z.string(), seen: z.string().exactOptional() }).exactOptional(),
  injected: at.exactOptional(),
  healed: at.exactOptional(),
  bit: z.boolean(),
  tookFrom: at.exactOptional(),
  tookTo: at.exactOptional(),
  missed: z.string().exactOptional(),
  unhealed: z.string().exactOptional(),
  samples: list(z.strictObject({ at, took, used: z.boolean().exactOptional(), measured: jsonObject })),
});

const hazardSchema = z.strictObject({
  hazard: z.string(),
  summary: z.string(),
  reached: z.boolean(),
  at: at.exactOptional(),
  detail: z.string().exactOptional(),
});

const evidenceSchema = z.strictObject({
  minted: decimal,
  stored: decimal,
  acknowledged: decimal,
  batches: count,
  tornBytes: count,
  requests: z.strictObject({
    sent: count,
    ok: count,
    refused: count,
    errors: count,
    noAnswer: count,
    dropped: count,
  }),
  lanes: list(z.strictObject({ node: z.string(), incarnation: count, lane: count, minted: decimal, stored: decimal })),
});

const leaseTotalsSchema = z.strictObject({
  coordinator: z.string().exactOptional(),
  held: count,
  endedEarly: count.describe("by the coordinator's own doing: kept alive, and revoked by nobody"),
  unclear: count,
  forgotten: count,
  revoked: count,
});

const seriesSchema = z.strictObject({
  bucketMs: z.number().positive(),
  idsByNode: list(z.strictObject({ node: z.string(), values: list(z.number()) })),
  offsetsByNode: list(
    z.strictObject({
      node: z.string(),
      points: list(z.tuple([at, z.number().nullable()]).readonly()),
    }),
  ),
  requests: list(
    z.strictObject({
      at,
      sent: count,
      ok: count,
      refused: count,
      errors: count,
      noAnswer: count,
      dropped: count,
      p50Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
      maxMs: z.number().nullable(),
    }),
  ).exactOptional(),
});

const measuredSchema = z.strictObject({
  runId: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  seconds: z.record(z.string(), z.number()).readonly(),
  versions: strings,
  host: strings,
  earlierAttempts: list(z.string()).exactOptional(),
  stored: list(
    z.strictObject({ table: z.string(), rows: decimal, onDisk: decimal, uncompressed: decimal }),
  ).exactOptional(),
});

const unit: z.ZodType<Unit> = z.enum(keysOf(UNITS));

const figureSchema = z.strictObject({
  name: z.string(),
  indicator: z.string(),
  what: z.string(),
  unit,
  where: z.string(),
  value: z.number().exactOptional(),
  samples: count,
  detail: z.string().exactOptional(),
});

const sloRecordSchema = z.strictObject({
  ...figureSchema.shape,
  options: jsonObject,
  objective: z.strictObject({ atMost: z.number().exactOptional(), atLeast: z.number().exactOptional() }),
  verdict,
  minSamples: count,
  because: z.string().exactOptional(),
});

const loadRecordSchema = z.strictObject({
  client: z.string(),
  version: z.string().exactOptional(),
  compared: count,
  answered: count,
  sample: z.string().exactOptional(),
  p50Ms: z.number().exactOptional(),
  p99Ms: z.number().exactOptional(),
});

const waivedSchema = z.strictObject({
  guarantee: guarantee.exactOptional(),
  scope: z.string().exactOptional(),
  slo: z.string().exactOptional(),
  violations: count,
  by: list(
    z.strictObject({ cause: cause.exactOptional(), reason: z.string(), ticket: z.string(), expires: z.string() }),
  ),
});

export const runSchema = z.strictObject({
  version: z.literal(RUN_VERSION),
  state: z.enum(['begun', 'judged']),
  scenario: scenarioSchema,
  generator: z.strictObject({
    name: z.string(),
    file: z.string().exactOptional(),
    from: z.string().exactOptional(),
    summary: z.string(),
    promises: promisesSchema,
    layout: layoutSchema,
    evidence: scopeSchema.exactOptional(),
    node: dataNodeSchema.exactOptional(),
  }),
  driver: z.string(),
  seed: z.string(),
  command: z.string(),
  attempt: z.strictObject({ number: count, of: count }).exactOptional(),
  verdict,
  exitCode: z.int(),
  reasons: list(z.string()),
  unknowns: list(z.strictObject({ reason: unknownReasonName, scope: z.string(), detail: z.string() })),
  findings: list(findingSchema),
  unjudged: list(z.strictObject({ guarantee, because: z.string() })).exactOptional(),
  disturbances: list(disturbanceRecordSchema),
  hazards: list(hazardSchema),
  slos: list(sloRecordSchema).exactOptional(),
  figures: list(figureSchema).exactOptional(),
  waived: list(waivedSchema).exactOptional(),
  load: loadRecordSchema.exactOptional(),
  evidence: evidenceSchema,
  leases: list(leaseTotalsSchema).exactOptional(),
  slots: list(
    z.strictObject({
      name: z.string(),
      from: at,
      holder: z.string().exactOptional(),
      workerId: z.int().exactOptional(),
    }),
  ),
  phases: list(z.strictObject({ phase, from: at, to: at })),
  nodes: list(z.string()),
  series: seriesSchema,
  tenures: list(tenureSchema),
  measured: measuredSchema,
});

/** Reads a run.json. Throws a SnowglobeError that names every field at fault. */
export function parseRun(text: string, where = 'run.json'): Run {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badInput(`is not JSON: ${messageOf(error)}.`, 'Give a run.json that snowglobe wrote.', where);
  }
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (version !== RUN_VERSION)
    throw badInput(
      version === undefined
        ? 'has no version, so it is no record of a run.'
        : `has version ${JSON.stringify(version)}, and this snowglobe reads version ${RUN_VERSION}.`,
      'Read it with the snowglobe that wrote it.',
      where,
    );
  const parsed = runSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  const more = problems.length - MORE_PROBLEMS_MAX;
  throw badInput(
    `is not a valid run: ${problems.slice(0, MORE_PROBLEMS_MAX).join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
    'Take a run.json that this version of snowglobe wrote, as it wrote it.',
    where,
  );
}

/** The published JSON Schema of run.json, as the text of docs/run.schema.json. */
export function runJsonSchema(): string {
  const schema = z.toJSONSchema(runSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ ...schema, title: 'snowglobe run.json', description: 'The record of one scenario carried out.' }, null, 2)}\n`;
}
