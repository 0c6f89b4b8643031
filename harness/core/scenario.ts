/**
 * A scenario asks one question of a generator: cluster, load, timetable, hazards. It is plain data.
 */
import { CLOCK_TOOLS } from './clock-tools.ts';
import { COORDINATOR_NAMES } from './coordinator-kind.ts';
import { REQUEST_IDS_MAX } from './request-size.ts';
import { z } from './schema.ts';
import { sloSchema } from './slo.ts';
import type { JsonObject, Json } from './json.ts';
import type { Layout } from './layout.ts';

/** Names become those of folders, which file systems bound at 255 bytes together with what is added to them. */
export const NAME_MAX = 80;
/** A day: far beyond any question of use, and below the 2^31 ms at which Node's timers overflow to 1 ms. */
const DURATION_MAX_MS = 86_400_000;
/** More than twice what a layout of 12 sequence bits a millisecond can mint. */
const IDS_PER_SECOND_MAX = 10_000_000;
const BATCHES_PER_SECOND_MAX = 100_000;

const name = z
  .string()
  .max(NAME_MAX, `must have at most ${NAME_MAX} characters`)
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case words joined by hyphens');
const duration = z.number().max(DURATION_MAX_MS, `must be at most ${DURATION_MAX_MS} ms, a day`);
const positiveMs = duration.positive();
const idsPerSecond = z.number().positive().max(IDS_PER_SECOND_MAX);
const json: z.ZodType<Json> = z.json();

const batchSchema = z
  .strictObject({
    min: z.int().positive().describe('smallest batch, IDs'),
    max: z
      .int()
      .positive()
      .max(REQUEST_IDS_MAX, `a node refuses a request for more than ${REQUEST_IDS_MAX} IDs`)
      .describe('largest batch, IDs'),
    mean: z.number().positive().describe('mean batch, IDs; sizes are exponential, cut to [min, max]'),
  })
  .refine(({ min, max, mean }) => min <= mean && mean <= max, 'needs min <= mean <= max');

const rampSchema = z
  .array(z.strictObject({ atMs: positiveMs.describe('from the start of the warm-up'), idsPerSecond }))
  .min(1)
  .refine(
    (points) => points.every(({ atMs }, i) => i === 0 || atMs > points[i - 1]!.atMs),
    'needs points in order of time',
  );

const loadSchema = z.strictObject({
  idsPerSecond: idsPerSecond.describe('IDs asked of each node each second, open loop'),
  ramp: rampSchema
    .exactOptional()
    .describe(
      'the rate goes from idsPerSecond, at the start of the load, in straight lines through these points and stays at the last; left out: it is constant',
    ),
  batch: batchSchema,
  /** In the simulator the load is thinner: enough for two holders to meet in a millisecond, cheap enough for thousands of runs. */
  simulated: z
    .strictObject({ batchesPerSecond: z.number().positive().max(BATCHES_PER_SECOND_MAX), batch: batchSchema })
    .default({ batchesPerSecond: 120, batch: { min: 1, max: 3, mean: 2 } }),
  timeoutMs: positiveMs.default(1000).describe('how long a client waits for an answer'),
});

/** What a disturbance may wait for, in place of the clock. */
const signalSchema = z.discriminatedUnion('signal', [
  z.strictObject({
    signal: z.literal('lease-spent'),
    node: z.string().describe('a node, or @holder'),
    percent: z.number().min(0).max(100).describe('of the TTL, since the last accepted keep-alive was sent'),
  }),
  z.strictObject({
    signal: z.literal('minted'),
    node: z.string().describe('a node, or @holder'),
    ids: z.int().positive().describe('IDs since the slot began'),
  }),
  z.strictObject({
    signal: z.literal('healed'),
    disturbance: name.describe('another disturbance of the slot, by its name'),
  }),
  z.strictObject({
    signal: z.literal('worker-id-changed-hands'),
    workerId: z.int().nonnegative().optional().describe('this worker ID; any, when left out'),
  }),
]);

const disturbanceSchema = z.strictObject({
  name: name.optional().describe('defaults to the name of its fault'),
  fault: name,
  options: z.record(z.string(), json).default({}),
  when: signalSchema.optional().describe('waits for this signal; one that never comes makes the run unknown'),
  atMs: duration.nonnegative().describe('from the start of its slot, or from the signal'),
  forMs: positiveMs.describe('from inject to heal'),
});

const slotSchema = z.strictObject({
  name,
  lengthMs: positiveMs.describe('after this the next slot begins; time to settle included'),
  disturbances: z.array(disturbanceSchema).min(1),
});

/** Whatever happens in a slot is filed under its name: two of one name would merge into one. */
const slotsSchema = z.array(slotSchema).superRefine((slots, context) => {
  for (const [index, { name }] of slots.entries())
    if (slots.findIndex((other) => other.name === name) < index)
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `there is a slot called "${name}" already; each needs a name of its own`,
      });
});

export const scenarioSchema = z.strictObject({
  name,
  question: z.string().min(1),
  generator: z.string().min(1).describe('generator when the user names none'),
  cluster: z.strictObject({
    nodes: z.int().min(1).max(64),
    coordinator: z.enum(COORDINATOR_NAMES).exactOptional().describe('hands out worker IDs or ranges; left out: etcd'),
    coordinatorMembers: z
      .int()
      .min(0)
      .max(7)
      .refine(
        (members) => members === 0 || members % 2 === 1,
        'needs an odd number of members, or 0 for no coordinator',
      )
      .describe('members of the coordinator, or of each; 0: there is no coordinator'),
    coordinatorPerRegion: z
      .boolean()
      .exactOptional()
      .describe(
        'each region has a coordinator of its own, of the members in its zones; its nodes talk to that one only. Left out: one for all',
      ),
    options: z.record(z.string(), json).default({}),
    perNode: z
      .record(z.string(), z.record(z.string(), json))
      .default({})
      .describe(
        'options of single nodes, by name, such as { n2: { workerId: 3 } }; each replaces one of the common ones',
      ),
    zones: z
      .record(name, z.strictObject({ region: name.exactOptional(), members: z.array(z.string()).min(1) }))
      .default({})
      .describe('nodes and coordinator members by zone; a zone lies in at most one region'),
    selfLoad: idsPerSecond
      .exactOptional()
      .describe('IDs that each node mints each second by itself, beside what clients ask for; not in the simulator'),
    clockTool: z
      .enum(CLOCK_TOOLS)
      .exactOptional()
      .describe(
        'skews the clocks of real nodes; left out: the first that fits (shim: for one reading of the clock per ID)',
      ),
    /** What real coordinators do now and then, so that it can be shown whenever asked for. */
    simulated: z
      .strictObject({
        revokesEarly: z
          .boolean()
          .describe('a leader that was stopped ends leases by its own book when it goes on (etcd issues 12528, 15247)'),
      })
      .exactOptional()
      .describe("the simulator's coordinator"),
  }),
  /**
   * Worker IDs 0 … pool-1 must each have a minting holder at the end; nodes beyond them stand by. Left out: there is no
   * pool, and each node must mint by itself.
   */
  pool: z.int().min(1).max(1024).optional(),
  load: loadSchema,
  warmUpMs: positiveMs,
  timetable: z.strictObject({
    order: z.enum(['given', 'seeded']).describe('seeded: the order of the slots is drawn from the seed'),
    slots: slotsSchema,
  }),
  recoverMs: positiveMs.describe('from the last heal to the end of the load'),
  hazards: z.array(z.strictObject({ hazard: name, options: z.record(z.string(), json).default({}) })).default([]),
  slos: z.array(sloSchema).exactOptional().describe('what the run has to reach in figures; none where left out'),
});

/** A validated scenario. */
export type Scenario = z.output<typeof scenarioSchema>;
/** What an author writes: fields with defaults may be left out. Use `satisfies ScenarioInput`. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Slot = Scenario['timetable']['slots'][number];
export type Disturbance = Slot['disturbances'][number];
/** What a disturbance waits for. */
export type Signal = z.output<typeof signalSchema>;
export type Load = Scenario['load'];
export type BatchSize = Load['batch'];

/**
 * A target that is resolved when its slot starts: `@holder` is a node that holds a worker ID and mints, drawn from the
 * seed; within one slot it is always the same node. Anything else is the name of a node or member.
 */
export const HOLDER = '@holder';

/** Options with every `@holder` replaced. */
export function resolveTargets(options: JsonObject, holder: string): JsonObject {
  const resolved = (value: Json): Json => (value === HOLDER ? holder : value);
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, Array.isArray(value) ? value.map(resolved) : resolved(value)]),
  );
}

/** Options with every `@epoch` and `@end` replaced by the Unix milliseconds at which the time in IDs begins and ends. */
export function resolveMoments(options: JsonObject, { epochMs, timeBits, tickMs }: Layout): JsonObject {
  const moments: JsonObject = { '@epoch': epochMs, '@end': epochMs + 2 ** timeBits * tickMs };
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      (typeof value === 'string' ? moments[value] : undefined) ?? value,
    ]),
  );
}
