import { expect, test } from 'vitest';
import { environmentLacks, EXIT, SnowglobeError } from '../core/errors.ts';
import { outputOf } from '../drivers/agent/own-group.ts';
import { orInterruption } from './interruption.ts';

const interrupted = new SnowglobeError(EXIT.interrupted, []);
const quiet = { signal: new AbortController().signal };
const aborted = { signal: AbortSignal.abort(interrupted) };

test("a program that the user's signal ended too is the interruption, and without one it is what it is", async () => {
  const ended: unknown = await outputOf('sh', ['-c', 'kill -INT $$']).catch((error: unknown) => error);
  expect(orInterruption(ended, aborted)).toBe(interrupted);
  expect(orInterruption(ended, quiet)).toBe(ended);
});

test('what a program that was ended could not find out is no word about the machine', () => {
  const lacks = environmentLacks('Namespaces cannot be made here: unshare says nothing.', 'Run doctor.');
  expect(orInterruption(lacks, aborted)).toBe(interrupted);
  expect(orInterruption(lacks, quiet)).toBe(lacks);
});

test('a defect stays one', async () => {
  const defect = new TypeError('x is not a function');
  const failed: unknown = await outputOf('sh', ['-c', 'exit 3']).catch((error: unknown) => error);
  for (const error of [defect, failed, 'odd']) expect(orInterruption(error, aborted)).toBe(error);
});
