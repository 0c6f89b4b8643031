import { describe, expect, test } from 'vitest';
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

describe('a clock that was stepped and stepped back inside a call', () => {
  /** Called at 1000, returned at 1010, both readings true; 500 ms ahead, or back, from 1002 to 1006. */
  const strobed = (ms: number, offsetMs = 500, node = 'n1') =>
    judge(
      new HistoryBuilder()
        .order(node, 1002, 1003, { offsetMs })
        .order(node, 1005, 1006, {})
        .batch({ node: 'n1', at: 1000, takesMs: 10, ids: [{ ms }] }),
    );

  test('may have shown what it was ordered to show, and what it showed before and after', () => {
    expect([1002, 1502, 1506].map((ms) => strobed(ms).verdict)).toEqual(['pass', 'pass', 'pass']);
    expect([502, 506].map((ms) => strobed(ms, -500).verdict)).toEqual(['pass', 'pass']);
  });

  test('excuses no other time', () => {
    // In force until 1006, a millisecond of error, one of promised future.
    expect([1508, 1509, 2000].map((ms) => strobed(ms).verdict)).toEqual(['pass', 'fail', 'fail']);
    // In force from 1002, a millisecond of error, five of promised past; a tick is as old as its end.
    expect([496, 495, 0].map((ms) => strobed(ms, -500).verdict)).toEqual(['pass', 'fail', 'fail']);
  });

  test('excuses nobody whose own clock was left alone', () => {
    expect(strobed(1502, 500, 'n2').verdict).toBe('fail');
  });
});

test('an order that took force before the call, or after it, excuses nothing', () => {
  const ordered = (fromMs: number) =>
    judge(
      new HistoryBuilder()
        .order('n1', fromMs, fromMs + 1, { offsetMs: 500 })
        .batch({ node: 'n1', at: 1000, takesMs: 10, ids: [{ ms: 1505 }] }),
    ).verdict;
  expect([998, 999, 1010, 1011].map(ordered)).toEqual(['fail', 'pass', 'pass', 'fail']);
});

test('an order that failed may have taken force in any call until the next one did', () => {
  const late = (at: number) =>
    judge(
      new HistoryBuilder()
        .order('n1', 500, undefined, { offsetMs: 500 })
        .order('n1', 2000, 2001, {})
        .batch({ node: 'n1', at, takesMs: 1, ids: [{ ms: at + 500 }] }),
    ).verdict;
  expect([400, 1000, 2001, 2002].map(late)).toEqual(['fail', 'pass', 'pass', 'fail']);
});

test('a clock that ran at another rate may have drifted since it was ordered to', () => {
  const drifted = (ms: number) =>
    judge(
      new HistoryBuilder()
        .order('n1', 1000, 1000, { rate: 2 })
        .order('n1', 2005, 2005, {})
        .batch({ node: 'n1', at: 2000, takesMs: 10, offsetMs: 1000, wallTakesMs: -990, ids: [{ ms }] }),
    ).verdict;
  expect([3010, 3011, 3020].map(drifted)).toEqual(['pass', 'pass', 'fail']);
});

describe('a clock that jumped shows no time in between', () => {
  test('in a call that it left and came back to by orders', () => {
    const between = (ms: number) =>
      judge(
        new HistoryBuilder()
          .order('n1', 1002, 1003, { offsetMs: 500 })
          .order('n1', 1005, 1006, {})
          .batch({ node: 'n1', at: 1000, takesMs: 10, ids: [{ ms }] }),
      ).verdict;
    // True time until 1010, one of error, one of promised future; 500 ahead from 1002, one of error, five of promised past.
    expect([1012, 1013, 1250, 1495, 1496].map(between)).toEqual(['pass', 'fail', 'fail', 'fail', 'pass']);
  });

  test('between readings that lie on the two sides of a jump', () => {
    const between = (ms: number) =>
      judge(
        new HistoryBuilder()
          .order('n1', 1005, 1005, { offsetMs: 500 })
          .batch({ node: 'n1', at: 1000, takesMs: 10, wallTakesMs: 510, ids: [{ ms }] }),
      );
    expect([1012, 1250, 1493].map((ms) => between(ms).verdict)).toEqual(['pass', 'fail', 'fail']);
    expect(between(1250).witnesses[0]!.what).toContain('carries a time 239 ms after what the clock of n1');
    expect(between(1450).witnesses[0]!.what).toContain('carries a time 49 ms before what the clock of n1');
  });

  test('but each extreme of a batch may lie on another side', () => {
    const batch = (first: number, last: number) =>
      judge(
        new HistoryBuilder()
          .order('n1', 1005, 1005, { offsetMs: 500 })
          .batch({ node: 'n1', at: 1000, takesMs: 10, wallTakesMs: 510, ids: [{ ms: first }, { ms: last }] }),
      );
    expect(batch(1002, 1507)).toMatchObject({ verdict: 'pass' });
    expect(batch(1250, 1507)).toMatchObject({ violations: 1, witnesses: [{ sightings: [{ seq: 0 }] }] });
    expect(batch(1002, 1250)).toMatchObject({ violations: 1, witnesses: [{ sightings: [{ seq: 1 }] }] });
  });
});

describe('a clock that was held still', () => {
  /** Frozen between 1000 and 1001, let go at 3000. */
  const held = (at: number, takesMs: number, wallTakesMs: number, ms: number) =>
    judge(
      new HistoryBuilder()
        .order('n1', 1000, 1001, { rate: 0 })
        .order('n1', 3000, 3000, {})
        .batch({ node: 'n1', at, offsetMs: Math.min(0, 1000 - at), takesMs, wallTakesMs, ids: [{ ms }] }),
    ).verdict;

  test('shows in a long call what it shows at both ends, and no more', () => {
    expect([995, 1000, 1001, 1002, 1120].map((ms) => held(2000, 120, 0, ms))).toEqual([
      'pass',
      'pass',
      'pass',
      'fail',
      'fail',
    ]);
  });

  test('ran on until it was, and on from where true time is when it is let go', () => {
    // How long it ran on is told by its readings: as long as the call, a millisecond of error, one of promised future.
    expect([900, 1001, 1102, 1103].map((ms) => held(900, 200, 100, ms))).toEqual(['pass', 'pass', 'pass', 'fail']);
    expect([1000, 3000, 3060, 2000].map((ms) => held(2940, 120, 2060, ms))).toEqual(['pass', 'pass', 'pass', 'fail']);
  });

  test('is held still no longer than it was seen to be', () => {
    // The readings differ by as much as passed: whatever was ordered, it did not stand still.
    expect([1050, 1120].map((ms) => held(2000, 120, 120, ms))).toEqual(['pass', 'pass']);
  });

  test('and ordered to once more does not move', () => {
    const again = new HistoryBuilder()
      .order('n1', 1000, 1000, { rate: 0 })
      .order('n1', 2000, 2000, { rate: 0 })
      .batch({ node: 'n1', at: 1950, offsetMs: -950, takesMs: 100, wallTakesMs: 0, ids: [{ ms: 2000 }] });
    expect(judge(again).verdict).toBe('fail');
  });
});

test('of two orders given side by side either may have been the last', () => {
  const after = (ms: number) =>
    judge(
      new HistoryBuilder()
        .order('n1', 1000, 2000, { offsetMs: 500 })
        .order('n1', 1200, 1300, { offsetMs: -500 })
        .batch({ node: 'n1', at: 1900, takesMs: 10, ids: [{ ms }] }),
    ).verdict;
  expect([1405, 2405, 1650].map(after)).toEqual(['pass', 'pass', 'fail']);
});
