import { expect, test } from 'vitest';
import { judgeKill } from './kill-harness.ts';
import { untilGone } from './until-gone.ts';

const killed = { alone: true, phase: 'disturb', ended: false, found: 12, left: [], afterMs: 2345 } as const;

test('something was there, and nothing is left: a pass that tells of both', () => {
  expect(judgeKill(killed)).toEqual({
    verdict: 'pass',
    broken: [],
    doubts: [],
    remark: 'killed alone in disturb: of 12 parts none left after 2.3 s',
  });
});

test('what is left is a fail', () => {
  expect(judgeKill({ ...killed, left: ['container 4711'] })).toMatchObject({
    verdict: 'fail',
    broken: ['container 4711'],
  });
});

test.each([
  [{ found: 0 }, 'nothing of the run was there when it was killed'],
  [{ ended: true }, 'the run had ended before it could be killed'],
])('%j proves nothing', (seen, doubt) => {
  expect(judgeKill({ ...killed, ...seen })).toMatchObject({ verdict: 'unknown', broken: [], doubts: [doubt] });
});

/** What the looks find, the last of them for ever. */
const looks = (...found: readonly (readonly string[])[]): (() => readonly string[]) => {
  const left = [...found];
  return () => (left.length > 1 ? left.shift()! : left[0]!);
};
const PATIENCE = { withinMs: 60, staysMs: 30, lookEveryMs: 5 };

test('what comes after the first look is seen, and waited for', async () => {
  const { left, afterMs } = await untilGone(looks([], ['container'], []), PATIENCE);
  expect(left).toEqual([]);
  expect(afterMs).toBeGreaterThanOrEqual(2 * PATIENCE.lookEveryMs - 2);
});

test('what does not go is told', async () => {
  expect((await untilGone(looks([], ['container']), PATIENCE)).left).toEqual(['container']);
});
