import { expect, test } from 'vitest';
import { z } from '../core/schema.ts';
import { optionsInWords } from './fault-options.ts';

const takes = (schema: z.ZodType): string | undefined =>
  optionsInWords(z.strictObject({ option: schema })).options[0]?.takes;

test.each([
  [z.number(), 'number'],
  [z.int().min(2).max(5000), 'integer, 2 to 5,000'],
  [z.number().positive(), 'number, more than 0'],
  [z.number().lt(0.5), 'number, less than 0.5'],
  [z.int().max(7), 'integer, 7 or less'],
  [z.number().min(1).default(2000), 'number, 1 or more; default 2,000'],
  [z.string().exactOptional(), 'string; may be left out'],
  [z.enum(['red', 'green']), 'one of red, green'],
  [z.union([z.int(), z.enum(['@end'])]), 'integer, or @end'],
  [z.array(z.string()).min(1).max(3), 'list of strings, 1 to 3'],
  [z.array(z.string()), 'list of strings'],
])('limits are those of the schema: %#', (schema, words) => {
  expect(takes(schema)).toBe(words);
});

test('what a list holds is told beside what the list is', () => {
  const schema = z.strictObject({ side: z.array(z.string().describe('a name')).describe('one side') });
  expect(optionsInWords(schema).options[0]?.meaning).toBe('one side (each: a name)');
});

test('rules of one option, and of several together, are the errors of the schema', () => {
  const schema = z
    .strictObject({
      low: z.number().refine((value) => value !== 4, 'must not be 4'),
      high: z
        .number()
        .refine((value) => value !== 5, { message: 'must not be 5' })
        .exactOptional(),
    })
    .refine(({ low, high = Infinity }) => low < high, 'low must be less than high');
  const { options, rules } = optionsInWords(schema);
  expect(options.map((option) => option.rules)).toEqual([['must not be 4'], ['must not be 5']]);
  expect(rules).toEqual(['low must be less than high']);
  expect(schema.safeParse({ low: 2, high: 1 }).error?.issues[0]?.message).toBe(rules[0]);
});
