import { expect, test } from 'vitest';
import { z } from './schema.ts';
import { shapeProblem } from './shape-problem.ts';

const schema = z.strictObject({
  name: z.string(),
  slots: z.array(z.strictObject({ lengthMs: z.int().positive() })),
});

function problemOf(value: unknown): string | undefined {
  const { error } = schema.safeParse(value);
  return error === undefined ? undefined : shapeProblem(value, error);
}

test('what is right has no problem', () => {
  expect(problemOf({ name: 'a', slots: [{ lengthMs: 1 }] })).toBeUndefined();
});

test('fields that are lacking and unknown are named together, wrong ones each with its path', () => {
  expect(problemOf({ version: 1, slots: [{ lengthMs: 1 }, { lengthMs: -1, sloth: 2 }] })).toMatch(
    /^it lacks name; unknown: version; slots\[1\]\.lengthMs: Too small: [^;]*; slots\[1\]: Unrecognized key: "sloth"$/,
  );
  // There, and of the wrong kind, it is not lacking.
  expect(problemOf({ name: undefined, slots: [] })).toMatch(/^name: /);
});

test('what is no object is told as that', () => {
  for (const value of [null, 7, 'name', []]) expect(problemOf(value)).toBe('it is no object');
});

test('of many wrong fields the rest is a number', () => {
  const slots = Array.from({ length: 11 }, () => ({ lengthMs: 0 }));
  expect(problemOf({ name: 'a', slots })).toMatch(/^slots\[0\]\..*slots\[7\]\.[^;]*; and 3 more$/);
});
