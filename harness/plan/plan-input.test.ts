import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shapeProblem } from '../core/shape-problem.ts';
import { INPUT } from './plan-for-tests.ts';
import { planJsonSchema, planSchema, pricesJsonSchema, pricesSchema } from './plan-input.ts';

const docs = (file: string): string => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
const example = (file: string): Record<string, unknown> => JSON.parse(docs(file)) as Record<string, unknown>;

test('the published schemas are those that tools/schemas.ts writes', () => {
  expect(docs('plan.schema.json')).toBe(planJsonSchema());
  expect(docs('prices.schema.json')).toBe(pricesJsonSchema());
});

test('the examples are valid, and name their schemas', () => {
  const { $schema, ...plan } = example('plan.example.json');
  const { $schema: ofPrices, ...prices } = example('prices.example.json');
  expect([$schema, ofPrices]).toEqual(['./plan.schema.json', './prices.schema.json']);
  expect(planSchema.parse(plan).targetShare).toBe(0.75);
  expect(pricesSchema.parse(prices).nodeMonth.map(({ amount }) => amount)).toEqual([100, 45]);
});

test('the example grows as claim F7 does', () => {
  expect(example('plan.example.json')['growth']).toEqual(
    [1, 2, 3, 5].map((year, index) => {
      const nodes = [10, 20, 40, 100][index] as number;
      return { year, idsPerSecond: nodes * 1000, nodes };
    }),
  );
});

const row = (year: number, idsPerSecond: number, nodes?: number) => ({ year, idsPerSecond, ...(nodes && { nodes }) });

test.each<[string, object, string]>([
  ['negative rates', { growth: [row(1, -1)] }, 'growth[0].idsPerSecond: must be more than 0, and is -1'],
  [
    'growth that goes down',
    { growth: [row(1, 9), row(2, 8)] },
    'growth[1].idsPerSecond: growth is negative: 8 IDs/s after 9',
  ],
  ['years out of order', { growth: [row(2, 9), row(1, 9)] }, 'growth[1].year: year 1 stands after year 2'],
  ['a year twice', { growth: [row(1, 9), row(1, 9)] }, 'growth[1].year: year 1 stands after year 1'],
  ['zero nodes', { growth: [{ ...row(1, 9), nodes: 0 }] }, 'growth[0].nodes: must be more than 0, and is 0'],
  ['no growth at all', { growth: [] }, 'growth: needs 1 entry or more'],
  ['a burst below the mean', { peakFactor: 0.5 }, 'peakFactor: must be 1 or more, and is 0.5'],
  [
    'a date that is none',
    { begins: '2027-02-30' },
    'begins: must be a day that there is, such as 2027-01-31, and is "2027-02-30"',
  ],
  [
    'two regions of one name',
    { regions: [{ name: 'a' }, { name: 'a' }] },
    'regions[1].name: there is a region "a" already',
  ],
  ['regions without load', { regions: [{ name: 'a', share: 0 }] }, 'regions: needs a region with a share of the load'],
  ['a range from its end', { regions: [{ name: 'a', workerIds: { from: 2, to: 1 } }] }, 'workerIds: needs from <= to'],
  ['a slip', { peekFactor: 3 }, 'unknown: peekFactor (did you mean peakFactor?)'],
  [
    'more than one at once',
    { peakFactor: 0, targetShare: 2 },
    'peakFactor: must be 1 or more, and is 0; targetShare: must be 1 or less, and is 2',
  ],
])('%s: refused, with where', (_, change, says) => {
  const { peakFactor, ...rest } = INPUT;
  const input = { ...rest, ...('peekFactor' in change ? {} : { peakFactor }), ...change };
  const { error } = planSchema.safeParse(input);
  expect(error === undefined ? 'valid' : shapeProblem(input, error, planSchema)).toContain(says);
});

test('a negative rate after another one is told once', () => {
  const input = { ...INPUT, growth: [row(1, 9), row(2, -8)] };
  const { error } = planSchema.safeParse(input);
  expect(shapeProblem(input, error!, planSchema)).toBe('growth[1].idsPerSecond: must be more than 0, and is -8');
});
