import { expect, test } from 'vitest';
import { SnowglobeError } from '../../harness/core/errors.ts';
import { readArguments } from './arguments.ts';

const KNOWN = ['snowflake', 'storm'];

test('names of generators and scenarios, and the sample', () => {
  expect(readArguments([], KNOWN)).toEqual({ render: false, sample: false, names: [] });
  expect(readArguments(['storm', '--sample', 'snowflake'], KNOWN)).toEqual({
    render: false,
    sample: true,
    names: ['storm', 'snowflake'],
  });
  expect(readArguments(['--render'], KNOWN)).toEqual({ render: true, sample: false, names: [] });
});

test.each([
  ['a name that is none', ['storm', 'nope', 'strom'], 'There is no generator or scenario called "nope" or "strom".'],
  ['an option that there is not', ['--smaple'], "Unknown option '--smaple'. Take --sample"],
  ['an option with a value', ['--sample=3'], "Option '--sample' does not take an argument. Take --sample"],
  ['names for what runs nothing', ['--render', 'storm'], '--render runs nothing'],
])('%s ends with exit code 2 and a sentence', (_, args, says) => {
  const read = (): unknown => readArguments(args, KNOWN);
  expect(read).toThrow(says);
  expect(read).toThrow(SnowglobeError);
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
});
