import { expect, test } from 'vitest';
import { SnowglobeError } from '../../core/errors.ts';
import { GENERATOR_FAULT } from '../../core/minter-problem.ts';
import { endInWords, generatorFault, lastLine, lastWords } from './last-words.ts';

test('an end that was asked for has no last words; any other is told by code or signal', async () => {
  expect([0, 137, 143, 'SIGKILL', 'SIGTERM', null].map(endInWords)).toEqual(Array(6).fill(undefined));
  expect([1, 'SIGABRT'].map(endInWords)).toEqual(['exit 1', 'SIGABRT']);
  expect(await lastWords(undefined, import.meta.filename)).toBeUndefined();
  expect(await lastWords('exit 1', '/no/such.log')).toBe('exit 1');
});

test('the line that says why comes before the stack, and after what earlier lives said', () => {
  const log = [
    'snowglobe node: Error: the first life',
    '    at mint (mine.ts:3:1)',
    'n1.2: mine serves',
    'snowglobe node: Error: the second',
    '    at mint (mine.ts:4:1)',
    '',
  ].join('\n');
  expect(lastLine(log)).toBe('Error: the second');
  expect(lastLine('a line\nkilled by itself\n')).toBe('killed by itself');
  expect(lastLine('\n')).toBeUndefined();
});

test('only what the shell calls so is a fault of the generator, and that is bad input', () => {
  const fault = generatorFault(`n1.1: hello\nsnowglobe node: ${GENERATOR_FAULT}it returned nothing\n`, '/mine.ts');
  expect(fault).toBeInstanceOf(SnowglobeError);
  expect(fault).toMatchObject({ exitCode: 2, problems: [{ what: 'it returned nothing.', where: '/mine.ts' }] });
  expect(generatorFault(`n1.1: ${GENERATOR_FAULT}says the generator itself`, '/mine.ts')).toBeUndefined();
});
