/**
 * What a capacity plan is made of: the growth that is expected, how worker IDs change hands, regions, storage, prices.
 * The figures of the generator itself are not written down here: they come from runs.
 */
import { NAME_MAX } from '../core/scenario.ts';
import { z } from '../core/schema.ts';

/** A hundred times what all worker IDs of a snowflake can mint. */
const IDS_PER_SECOND_MAX = 1e12;
const YEARS_MAX = 100;

const name = z
  .string()
  .max(NAME_MAX, `must have at most ${NAME_MAX} characters`)
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case words joined by hyphens');
/** As Kubernetes wants its names. */
const label = z
  .string()
  .max(63, 'must have at most 63 characters')
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens');
const path = z.string().min(1);
const count = z.int().positive();

const growthSchema = z
  .array(
    z.strictObject({
      year: count.max(YEARS_MAX).describe('1 is the year that begins with `begins`'),
      idsPerSecond: count.max(IDS_PER_SECOND_MAX).describe('mean over that year, all nodes together'),
      nodes: count.exactOptional().describe('as planned so far: compared with what the plan finds'),
    }),
  )
  .min(1)
  .superRefine((rows, context) => {
    for (const [index, row] of rows.entries()) {
      const before = rows[index - 1];
      if (before === undefined) continue;
      if (row.year <= before.year)
        context.addIssue({
          code: 'custom',
          path: [index, 'year'],
          message: `year ${row.year} stands after year ${before.year}; put the years in order, each once`,
        });
      // A rate that is none has been told of already.
      else if (row.idsPerSecond > 0 && row.idsPerSecond < before.idsPerSecond)
        context.addIssue({
          code: 'custom',
          path: [index, 'idsPerSecond'],
          message: `growth is negative: ${row.idsPerSecond} IDs/s after ${before.idsPerSecond}`,
        });
    }
  });

const handOverSchema = z.strictObject({
  restartsPerNodePerDay: z.number().nonnegative().max(86_400).describe('crashes, deployments and evictions'),
  ttlSeconds: z.number().positive().describe('for so long the lease of a life that is gone keeps its worker ID'),
  waitSeconds: z
    .number()
    .nonnegative()
    .describe('for so long its successor waits before it mints: the bound ahead, and how far clocks are apart'),
  shareAtOnce: z
    .number()
    .min(0)
    .max(1)
    .describe('of the nodes, how many may go at one moment: one zone of three (0.34), or the surge of a roll-out'),
});

const regionsSchema = z
  .array(
    z.strictObject({
      name,
      share: z.number().nonnegative().default(1).describe('of the load, beside the others; 0 keeps a range free'),
      workerIds: z
        .strictObject({ from: z.int().nonnegative(), to: z.int().nonnegative() })
        .refine(({ from, to }) => from <= to, 'needs from <= to')
        .exactOptional()
        .describe('both ends belong to it; left out of all regions: ranges are proposed'),
    }),
  )
  .min(1)
  .superRefine((regions, context) => {
    for (const [index, { name: called }] of regions.entries())
      if (regions.findIndex((other) => other.name === called) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `there is a region "${called}" already` });
    if (regions.every(({ share }) => share === 0))
      context.addIssue({ code: 'custom', path: [], message: 'needs a region with a share of the load' });
  });

export const planSchema = z.strictObject({
  name: name.describe('names the files that are written'),
  begins: z.iso.date().describe('first day of year 1, such as 2027-01-01'),
  runs: z
    .array(path)
    .min(1)
    .exactOptional()
    .describe('folders of runs, or their run.json, from this file on; --run takes their place'),
  growth: growthSchema,
  peakFactor: z.number().min(1).max(10_000).describe('the busiest second of a year over its mean'),
  targetShare: z
    .number()
    .positive()
    .max(1)
    .default(0.75)
    .describe('how much of the measured rate of a node is planned with'),
  handOver: handOverSchema,
  regions: regionsSchema.exactOptional(),
  storage: z.strictObject({
    keepDays: count.max(YEARS_MAX * 366).describe('evidence is kept for so long'),
    replicas: count.max(100).describe('copies of it'),
  }),
  prices: path.exactOptional().describe('a file of prices, from this file on; left out: no cost'),
  autoscaling: z
    .strictObject({
      target: label.describe('name of the Deployment or StatefulSet'),
      kind: z.enum(['Deployment', 'StatefulSet']).default('Deployment'),
      namespace: label.exactOptional(),
      minReplicas: count.default(2),
      maxReplicas: count.exactOptional().describe('left out: as many as the worker IDs allow'),
      metric: z
        .string()
        .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'must be the name of a metric')
        .exactOptional()
        .describe('a custom metric of each pod in IDs a second; left out: scaled by CPU alone'),
    })
    .exactOptional(),
});

/** A validated plan file. */
export type PlanInput = z.output<typeof planSchema>;
export type GrowthRow = PlanInput['growth'][number];
export type HandOver = PlanInput['handOver'];
export type RegionInput = NonNullable<PlanInput['regions']>[number];

export const pricesSchema = z.strictObject({
  currency: z.string().min(1).max(8).describe('such as USD'),
  nodeMonth: z
    .array(z.strictObject({ name: z.string().min(1).max(NAME_MAX), amount: z.number().nonnegative() }))
    .min(1)
    .describe('a node for a month; several where there are several offers: each is shown'),
  gigabyteMonth: z.number().nonnegative().describe('10^9 bytes kept for a month, one copy'),
});

export type Prices = z.output<typeof pricesSchema>;

/** The published JSON Schema of a plan file, as the text of docs/plan.schema.json. */
export function planJsonSchema(): string {
  return published(planSchema, 'snowglobe plan', 'Growth and operation, from which `snowglobe plan` tells capacity.');
}

/** The published JSON Schema of a price file, as the text of docs/prices.schema.json. */
export function pricesJsonSchema(): string {
  return published(pricesSchema, 'snowglobe prices', 'What nodes and storage cost, for `snowglobe plan`.');
}

function published(of: z.ZodObject, title: string, description: string): string {
  const schema = z.toJSONSchema(of, { target: 'draft-2020-12', io: 'input' });
  // A file may name its schema, for its author's editor.
  const properties = { $schema: { type: 'string' }, ...schema.properties };
  return `${JSON.stringify({ ...schema, properties, title, description }, null, 2)}\n`;
}
