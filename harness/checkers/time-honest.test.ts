import { expect, test } from 'vitest';
import { HistoryBuilder, LAYOUT } from './shared/history-builder.ts';
import timeHonest from './time-honest.ts';

const judge = (history: HistoryBuilder, bounds = { pastMs: 5, futureMs: 1 }) =>
  timeHonest.fold(history.build(), { guarantee: 'time-honest', ...bounds });

test.each([
  { ms: 94, verdict: 'fail' },
  { ms: 95, verdict: 'pass' },
  { ms: 111, verdict: 'pass' },
  { ms: 112, verdict: 'fail' },
])('called at 100, returned at 110, 5 ms of past and 1 of future: $ms is a $verdict', ({ ms, verdict }) => {
  expect(judge(new HistoryBuilder().batch({ node: 'n1', at: 100, takesMs: 10, ids: [{ ms }] }))).toMatchObject({
    verdict,
  });
});

test("the node's own clock counts, however wrong", () => {
  const skewed = new HistoryBuilder().batch({ node: 'n1', at: 20_000, offsetMs: -3000, ids: [{ ms: 17_000 }] });
  expect(judge(skewed)).toMatchObject({ verdict: 'pass' });
});

test('a clock that stepped back inside the call opens the window to both readings, and to what it ran on before and since', () => {
  const stepped = (ms: number) =>
    judge(new HistoryBuilder().batch({ node: 'n1', at: 5000, takesMs: 2, wallTakesMs: -3000, ids: [{ ms }] }));
  expect(stepped(2000).verdict).toBe('pass');
  expect(stepped(5001).verdict).toBe('pass');
  // 2 ms of running on until the step, 1 of rounding, 1 of promised future.
  expect(stepped(5004).verdict).toBe('pass');
  expect(stepped(5005).verdict).toBe('fail');
  // The call ended at 2000; 2 ms of running since the step, 1 of rounding, 5 of promised past; a tick is as old as its end.
  expect(stepped(1992).verdict).toBe('pass');
  expect(stepped(1991).verdict).toBe('fail');
});

test('a batch with one bad ID among good ones is one violation, and its witness is that ID', () => {
  const found = judge(
    new HistoryBuilder().batch({ node: 'n1', at: 100, ids: [{ ms: 100 }, { ms: 500 }, { ms: 101 }] }),
  );
  expect(found).toMatchObject({ violations: 1, checked: 1, unit: 'batches' });
  expect(found.witnesses[0]!.sightings[0]).toMatchObject({ seq: 1 });
});

test('a coarse tick began up to its length earlier, a clock may read fractions', () => {
  const coarse = { ...LAYOUT, tickMs: 10, timeBits: 38 };
  const at = (node: HistoryBuilder, ms: number) => node.batch({ node: 'n1', at: 109, ids: [{ ms }] });
  expect(judge(at(new HistoryBuilder(undefined, coarse), 100), { pastMs: 0, futureMs: 0 }).verdict).toBe('pass');
  expect(judge(at(new HistoryBuilder(undefined, coarse), 90), { pastMs: 0, futureMs: 0 }).verdict).toBe('fail');
  const fraction = new HistoryBuilder().batch({ node: 'n1', at: 100.7, ids: [{ ms: 100 }] });
  expect(judge(fraction, { pastMs: 0, futureMs: 0 }).verdict).toBe('pass');
});
