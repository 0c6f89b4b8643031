import { expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { attempts } from './attempts.ts';
import { onDriver, unknownMode } from './unknown-mode.ts';

/** What came of a scenario whose runs end like this: the verdicts, what each was told of those before it, and the lines. */
async function carriedOut(verdicts: readonly Run['verdict'][], mode = unknownMode(), abortAfter = Infinity) {
  const abort = new AbortController();
  const seen: Run['verdict'][] = [];
  const earlier: (readonly string[])[] = [];
  const lines: string[] = [];
  const once = async (before: readonly string[]) => {
    earlier.push([...before]);
    const verdict = verdicts[Math.min(earlier.length, verdicts.length) - 1]!;
    return { run: { verdict } as Run, folder: `/runs/storm/${earlier.length}` };
  };
  for await (const { run } of attempts(once, mode, abort.signal, (line) => void lines.push(line))) {
    seen.push(run.verdict);
    if (seen.length === abortAfter) abort.abort();
  }
  return { seen, earlier, lines };
}

test('an unknown is tried again, each attempt knows those before it, and an answer ends it', async () => {
  expect(await carriedOut(['unknown', 'unknown', 'pass', 'fail'], unknownMode('retry=5'))).toEqual({
    seen: ['unknown', 'unknown', 'pass'],
    earlier: [[], ['1'], ['1', '2']],
    lines: [expect.stringContaining('(attempt 2 of 6)'), expect.stringContaining('(attempt 3 of 6)')],
  });
});

test('a fail is never tried again, in the first attempt as in a later one', async () => {
  expect((await carriedOut(['fail', 'pass'], unknownMode('retry=5'))).seen).toEqual(['fail']);
  expect((await carriedOut(['unknown', 'fail', 'pass'], unknownMode('retry=5'))).seen).toEqual(['unknown', 'fail']);
});

test('it stays unknown when no attempt is left, and when the user interrupts', async () => {
  expect((await carriedOut(['unknown'], unknownMode('retry=2'))).seen).toHaveLength(3);
  expect((await carriedOut(['unknown'], unknownMode('retry=2'), 1)).seen).toHaveLength(1);
  expect(await carriedOut(['unknown'])).toMatchObject({ seen: ['unknown'], lines: [] });
});

test('in virtual time it is not tried again, and that is told of an unknown alone', async () => {
  const mode = onDriver(unknownMode('retry=2'), { name: 'sim', inProcess: true });
  const lines = [expect.stringMatching(/not tried again: on sim time is virtual/)];
  expect(await carriedOut(['unknown'], mode)).toMatchObject({ seen: ['unknown'], lines });
  expect(await carriedOut(['pass'], mode)).toMatchObject({ seen: ['pass'], lines: [] });
  expect(onDriver(unknownMode('retry=2'), { name: 'local' })).toEqual(unknownMode('retry=2'));
});
