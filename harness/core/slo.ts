/**
 * Service-level objectives: what a run has to reach in figures. An SLO names an indicator, a bound for its value, the part
 * of the run that counts, and the least number of samples that makes it judgeable. Guarantees that tolerate no violation
 * are no SLOs: they stand apart.
 */
import type { Json, JsonObject } from './json.ts';
import { z } from './schema.ts';
import type { Verdict } from './verdict.ts';

const name = z
  .string()
  .max(80)
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case words joined by hyphens');
const json: z.ZodType<Json> = z.json();

/** The parts of a run that an SLO may speak of. */
export const SLO_PHASES = ['whole', 'warm-up', 'disturb', 'recover'] as const;

export const sloSchema = z.strictObject({
  name: name.exactOptional().describe('defaults to the name of its indicator; two of one name are refused'),
  indicator: name.describe('a file in harness/indicators'),
  options: z.record(z.string(), json).default({}).describe('of the indicator, such as { percentile: 99 }'),
  objective: z
    .strictObject({ atMost: z.number().exactOptional(), atLeast: z.number().exactOptional() })
    .refine(
      ({ atMost, atLeast }) => (atMost === undefined) !== (atLeast === undefined),
      'needs atMost or atLeast, one of them',
    )
    .describe("in the indicator's unit"),
  during: z
    .union([
      z.enum(SLO_PHASES),
      z.strictObject({ disturbance: name.describe('a disturbance by its name: from its injection to its heal') }),
    ])
    .default('whole')
    .describe('the part of the run that counts; whole: from the start of the warm-up to the end of the load'),
  minSamples: z.int().positive().describe('with fewer the SLO is unknown'),
  because: z.string().min(1).exactOptional().describe('where the bound comes from, for whoever reads the record'),
});

/** A validated SLO. */
export type Slo = z.output<typeof sloSchema>;
/** What an author writes. */
export type SloInput = z.input<typeof sloSchema>;

/** An SLO as it was judged. */
export interface SloRecord {
  readonly name: string;
  readonly indicator: string;
  /** What is measured, in words, options included: `latency of answered requests, 99th percentile`. */
  readonly what: string;
  /** One of `UNITS`. */
  readonly unit: Unit;
  readonly options: JsonObject;
  readonly objective: Slo['objective'];
  /** The part of the run that counted, in words: `while zombie was in force`. */
  readonly where: string;
  readonly verdict: Verdict;
  /** Absent: nothing could be measured. */
  readonly value?: number;
  readonly samples: number;
  readonly minSamples: number;
  /** Where the bound comes from. */
  readonly because?: string;
  /** Why it is unknown, or what is behind the value: one sentence. */
  readonly detail?: string;
}

/** A figure that was measured and has no bound. */
export type FigureRecord = Pick<
  SloRecord,
  'name' | 'indicator' | 'what' | 'unit' | 'where' | 'value' | 'samples' | 'detail'
>;

/** Units of indicators, with the words of a report. */
export const UNITS = {
  ms: 'milliseconds',
  s: 'seconds',
  ratio: 'a share, 0 to 1',
  'ids/s': 'IDs a second',
  count: 'a number of things',
} as const;

export type Unit = keyof typeof UNITS;
