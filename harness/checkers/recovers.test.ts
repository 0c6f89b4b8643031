import { describe, expect, test } from 'vitest';
import { BATCH_FLAG } from '../core/tap.ts';
import recovers from './recovers.ts';
import { HistoryBuilder } from './shared/history-builder.ts';

/** Healed at 1000, load until 2000, promised within 300, one worker ID. */
const judge = (history: HistoryBuilder) =>
  recovers.fold(history.recover(1000, 2000, 1).build(), { guarantee: 'recovers', withinMs: 300 });

const mints = (node: string, at: number, worker = 0) => ({ node, at, worker, ids: [{ ms: at }] });
const nodes = (...names: string[]) => new HistoryBuilder(names);

test('a run that never came to it is unknown', () => {
  const history = nodes('n1').batch(mints('n1', 10)).build();
  expect(recovers.fold(history, { guarantee: 'recovers', withinMs: 300 })).toMatchObject({ verdict: 'unknown' });
});

test('in time at the bound, too late after it, as somebody who asked meanwhile can tell', () => {
  expect(judge(nodes('n1').batch(mints('n1', 1300)))).toMatchObject({
    verdict: 'pass',
    checked: 1,
    unit: 'worker IDs',
  });
  const late = () => nodes('n1').batch(mints('n1', 10)).batch(mints('n1', 1310));
  expect(judge(late().request({ node: 'n1', at: 1301, status: 'refused' }))).toMatchObject({
    verdict: 'fail',
    violations: 1,
  });
  // Asked too early, or answered too late, to know that it would not have minted.
  expect(judge(late().request({ node: 'n1', at: 1300, status: 'refused' }))).toMatchObject({ verdict: 'unknown' });
  expect(judge(late().request({ node: 'n1', at: 1309, takesMs: 2, status: 'ok' }))).toMatchObject({
    verdict: 'unknown',
    undecided: 1,
  });
});

test('what was minted before the heal counts for nothing', () => {
  const found = judge(
    nodes('n1')
      .batch(mints('n1', 999))
      .request({ node: 'n1', at: 1500, status: 'refused' })
      .said('n1', 1900, 'waiting'),
  );
  expect(found).toMatchObject({ verdict: 'fail', violations: 1 });
  expect(found.witnesses[0]).toMatchObject({ worker: 0, at: 1300e6 });
});

test('what calls that failed left behind is no sign of life', () => {
  const history = (flags: number) =>
    nodes('n1')
      .batch(mints('n1', 10))
      .batch({ ...mints('n1', 1100), flags })
      .batch({ ...mints('n1', 1900), flags })
      .request({ node: 'n1', at: 1500, status: 'error' })
      .said('n1', 1900, 'minting', 0);
  expect(judge(history(0))).toMatchObject({ verdict: 'pass' });
  for (const flags of Object.values(BATCH_FLAG)) expect(judge(history(flags))).toMatchObject({ verdict: 'fail' });
  // It minted for clients at first, and for nobody from then on.
  const dead = history(BATCH_FLAG.threw).batch(mints('n1', 1200));
  const [witness] = judge(dead.request({ node: 'n1', at: 1600, status: 'error' })).witnesses;
  expect(witness?.what).toMatch(/^n1 was asked and minted nothing for a client from 1\.300 s to 2\.000 s/);
});

test('it goes by the holder where there is a pool of worker IDs, and not where each node has to mint', () => {
  const history = nodes('n1').batch(mints('n1', 1200)).recover(1000, 2000, 1).build();
  const promise = { guarantee: 'recovers', withinMs: 300 } as const;
  expect(recovers.fold(history, promise).byHolder).toBe(true);
  const { pool: _, ...eachNode } = history.recover!;
  expect(recovers.fold({ ...history, recover: eachNode }, promise).byHolder).toBeUndefined();
});

test('a worker ID whose calls all failed was held, and is missed', () => {
  const history = nodes('n1').batch({ ...mints('n1', 10), flags: BATCH_FLAG.threw });
  const asked = history.request({ node: 'n1', at: 1500, status: 'error' }).said('n1', 1900, 'waiting');
  expect(judge(asked)).toMatchObject({ verdict: 'fail', violations: 1 });
});

test('a worker ID is late only if its holder was asked', () => {
  const held = () =>
    nodes('n1', 'n2')
      .batch(mints('n1', 10))
      .said('n1', 1200, 'minting', 0)
      .said('n1', 1900, 'waiting')
      .said('n2', 1900, 'waiting');
  expect(judge(held().request({ node: 'n2', at: 1500, status: 'refused' }))).toMatchObject({ verdict: 'unknown' });
  expect(judge(held().request({ node: 'n1', at: 1500, status: 'refused' }))).toMatchObject({ verdict: 'fail' });
});

test('a worker ID that nobody ever held cannot come back', () => {
  const holder = nodes('n1').batch(mints('n1', 1100)).batch(mints('n1', 1500));
  const history = holder.request({ node: 'n1', at: 1400, status: 'ok' }).recover(1000, 2000, 2).build();
  expect(recovers.fold(history, { guarantee: 'recovers', withinMs: 300 })).toMatchObject({
    verdict: 'unknown',
    undecided: 1,
  });
});

test('a node may wait for a worker ID, and be silent to who asks for no other reason', () => {
  const holder = () =>
    nodes('n1', 'n2')
      .batch(mints('n1', 1100))
      .batch(mints('n1', 1500))
      .request({ node: 'n2', at: 1400, status: 'refused' });
  expect(judge(holder().said('n2', 1500, 'refusing').said('n2', 1900, 'waiting'))).toMatchObject({ verdict: 'pass' });
  expect(judge(holder().said('n2', 1500, 'waiting').said('n2', 1900, 'refusing'))).toMatchObject({ verdict: 'fail' });
  expect(judge(holder().said('n2', 1500, 'waiting').said('n2', 1900))).toMatchObject({ verdict: 'fail' });
  expect(judge(holder())).toMatchObject({ verdict: 'fail' });
  // What it says when the load is over is no excuse.
  expect(judge(holder().said('n2', 1900, 'minting').said('n2', 2100, 'waiting'))).toMatchObject({ verdict: 'fail' });
});

test('a node that nobody asked after the bound is believed if it had minted and would again', () => {
  const holder = () => nodes('n1').batch(mints('n1', 1100));
  expect(judge(holder().said('n1', 1900, 'minting', 0))).toMatchObject({ verdict: 'pass' });
  expect(judge(holder().said('n1', 1900, 'refusing', 0))).toMatchObject({ verdict: 'unknown', undecided: 1 });
  expect(judge(holder().said('n1', 1900))).toMatchObject({ verdict: 'unknown' });
  expect(judge(holder())).toMatchObject({ verdict: 'unknown' });
  // An answer that would have come after the end of the load is none.
  const open = holder().said('n1', 1900, 'minting', 0).request({ node: 'n1', at: 1999, takesMs: 2, status: 'refused' });
  expect(judge(open)).toMatchObject({ verdict: 'pass' });
});

test('a request without an answer, once the time to recover has passed', () => {
  const living = () =>
    nodes('n1').batch(mints('n1', 1100)).batch(mints('n1', 1500)).request({ node: 'n1', at: 1500, status: 'ok' });
  expect(judge(living().request({ node: 'n1', at: 1300, status: 'no answer' }))).toMatchObject({ verdict: 'pass' });
  expect(judge(living().request({ node: 'n1', at: 1301, status: 'no answer' }))).toMatchObject({
    verdict: 'fail',
    violations: 1,
  });
  expect(judge(living().request({ node: 'n1', at: 1301, status: 'refused' }))).toMatchObject({ verdict: 'pass' });
});

test('a request that was sent when the load was over is nobody’s silence: its client was being ended', () => {
  const living = () =>
    nodes('n1').batch(mints('n1', 1100)).batch(mints('n1', 1500)).request({ node: 'n1', at: 1500, status: 'ok' });
  const asked = (at: number) => judge(living().request({ node: 'n1', at, status: 'no answer' }));
  expect(asked(2000)).toMatchObject({ verdict: 'fail' });
  expect(asked(2001)).toMatchObject({ verdict: 'pass' });
});

describe('requests without an answer, of a node that minted', () => {
  /** Minted at these moments, each for a client with an answer or for one that had gone. */
  const slow = (answered: readonly number[], gone: readonly number[], to = 3000) => {
    const history = [...answered, ...gone].reduce((built, at) => built.batch(mints('n1', at)), nodes('n1'));
    for (const at of answered) history.request({ node: 'n1', at, status: 'ok' });
    return (unanswered: number) => {
      for (let i = 0; i < unanswered; i++) history.request({ node: 'n1', at: 1500 + i, status: 'no answer' });
      return recovers.fold(history.recover(1000, to, 1).build(), { guarantee: 'recovers', withinMs: 300 });
    };
  };
  const answered = [1100, 1900, 2600];

  test('for most of their clients when these had gone: it was slow', () => {
    expect(slow(answered, [1700, 2300])(4)).toMatchObject({ verdict: 'unknown', violations: 0, undecided: 4 });
    expect(slow(answered, [1700, 2300])(5)).toMatchObject({ verdict: 'fail', violations: 5 });
    // After the load as well: it came to them at last.
    expect(slow(answered, [3100, 3200])(4)).toMatchObject({ verdict: 'unknown' });
  });

  test('for those whose requests were open before, too: it swallows the later ones', () => {
    const before = (requests: number) => {
      const history = nodes('n1').batch(mints('n1', 1100)).batch(mints('n1', 1400)).batch(mints('n1', 2100));
      for (let i = 0; i < requests; i++) history.request({ node: 'n1', at: 1290, takesMs: 1000, status: 'no answer' });
      history.request({ node: 'n1', at: 1500, takesMs: 1000, status: 'no answer' });
      return recovers.fold(history.recover(1000, 3000, 1).build(), { guarantee: 'recovers', withinMs: 300 });
    };
    expect(before(1)).toMatchObject({ verdict: 'unknown' });
    expect(before(2)).toMatchObject({ verdict: 'fail', violations: 1 });
  });

  test('for themselves: not each batch is for a client', () => {
    const history = nodes('n1').batch(mints('n1', 1100)).batch(mints('n1', 1400)).batch(mints('n1', 2100));
    history.request({ node: 'n1', at: 1500, status: 'no answer' }).recover(1000, 3000, 1);
    const judged = (selfLoaded: boolean) => {
      const built = history.build();
      return recovers.fold(
        { ...built, recover: { ...built.recover!, selfLoaded } },
        {
          guarantee: 'recovers',
          withinMs: 300,
        },
      );
    };
    expect(judged(false)).toMatchObject({ verdict: 'unknown' });
    expect(judged(true)).toMatchObject({ verdict: 'fail', violations: 1 });
  });

  test('for those who had their answer, and no others: it swallows requests', () => {
    expect(slow(answered, [])(1)).toMatchObject({ verdict: 'fail', violations: 1 });
  });

  test('and paused in between: it hung', () => {
    expect(slow([1100, 1900], [2899, 2900])(4)).toMatchObject({ verdict: 'unknown' });
    expect(slow([1100, 1900], [2900, 2901])(4)).toMatchObject({ verdict: 'fail', violations: 4 });
    expect(slow([1100], [2300, 2900])(4)).toMatchObject({ verdict: 'fail', violations: 4 });
    expect(slow([1100, 1900], [1950, 2000], 3001)(4)).toMatchObject({ verdict: 'fail' });
  });
});

test('a request whose answer may have come while the harness stood still accuses nobody', () => {
  const stalled = (from: number, to: number) =>
    recovers.fold(
      nodes('n1')
        .batch(mints('n1', 1100))
        .batch(mints('n1', 1500))
        .request({ node: 'n1', at: 1500, status: 'ok' })
        .request({ node: 'n1', at: 1400, takesMs: 100, status: 'no answer' })
        .recover(1000, 2000, 1)
        .stalled(from, to)
        .build(),
      { guarantee: 'recovers', withinMs: 300 },
    );
  expect(stalled(1450, 1460)).toMatchObject({ verdict: 'unknown', violations: 0, undecided: 1 });
  expect(stalled(1350, 1400)).toMatchObject({ verdict: 'unknown' });
  expect(stalled(1501, 1900)).toMatchObject({ verdict: 'fail', violations: 1 });
});

describe('a worker ID that minted in time and fell silent again', () => {
  /** Healed at 1000, promised within 300: from 2300 on there was a second of load in which it had to mint. */
  const until = (to: number, history: HistoryBuilder, withinMs = 300) =>
    recovers.fold(history.recover(1000, to, 1).build(), { guarantee: 'recovers', withinMs });
  const asked = (history: HistoryBuilder, at: number, node = 'n1') =>
    history.request({ node, at, status: 'refused' }).said('n1', at, 'waiting');
  const minted = (...times: number[]) =>
    times.reduce((history, at) => history.batch(mints('n1', at)), nodes('n1').batch(mints('n1', 10)));

  test('is dead, whatever its nodes wait for', () => {
    const found = until(2300, asked(minted(1001), 1400));
    expect(found).toMatchObject({ verdict: 'fail', violations: 1 });
    expect(found.witnesses[0]).toMatchObject({ worker: 0, at: 1300e6 });
    // A second after the bound, less a millisecond, proves no silence, nor that it lives; a mint in it does.
    expect(until(2299, asked(minted(1001), 1400))).toMatchObject({ verdict: 'unknown', undecided: 1 });
    expect(until(2300, asked(minted(1001, 1300), 1400))).toMatchObject({ verdict: 'fail' });
    expect(until(2299, asked(minted(1001, 1300), 1400))).toMatchObject({ verdict: 'pass' });
    expect(until(2300, asked(minted(1001, 1301), 1400))).toMatchObject({ verdict: 'pass' });
    // What it minted after the load counts for nothing.
    expect(until(2300, asked(minted(1001, 2301), 1400))).toMatchObject({ verdict: 'fail' });
  });

  test('may have changed hands after the bound: that takes as long as it is promised to take', () => {
    const gone = (to: number) => until(to, asked(minted(1001, 2500), 2600), 1200);
    expect(gone(3499)).toMatchObject({ verdict: 'pass' });
    // Silent for a second, and not yet for as long as it may be: whether it comes back was not seen.
    expect(gone(3699)).toMatchObject({ verdict: 'unknown', undecided: 1 });
    const found = gone(3700);
    expect(found).toMatchObject({ verdict: 'fail', violations: 1 });
    expect(found.witnesses[0]).toMatchObject({ worker: 0, at: 2500e6 });
    // Asked before it fell silent, and not again.
    expect(until(3700, asked(minted(1001, 2500), 2400), 1200)).toMatchObject({ verdict: 'unknown', undecided: 1 });
  });

  test('is undecided where nobody asked, unless its holder would mint', () => {
    expect(until(2300, minted(1001).said('n1', 2200, 'waiting'))).toMatchObject({ verdict: 'unknown', undecided: 1 });
    expect(until(2300, minted(1001).said('n1', 2200, 'minting', 0))).toMatchObject({ verdict: 'pass' });
    expect(until(2300, minted(1001).said('n1', 2200, 'refusing', 0))).toMatchObject({ verdict: 'unknown' });
  });

  test('cannot be lit by a node that holds another', () => {
    const two = () =>
      nodes('n1')
        .batch(mints('n1', 1001, 0))
        .batch(mints('n1', 1100, 1))
        .batch(mints('n1', 1400, 1))
        .request({ node: 'n1', at: 1500, status: 'ok' })
        .recover(1000, 2300, 2);
    const promise = { guarantee: 'recovers', withinMs: 300 } as const;
    expect(recovers.fold(two().said('n1', 1200, 'minting', 1).build(), promise)).toMatchObject({
      verdict: 'unknown',
      undecided: 1,
    });
    expect(recovers.fold(two().said('n1', 1200, 'minting', 7).build(), promise)).toMatchObject({ verdict: 'fail' });
  });
});

describe('silence while the machine gave a node no CPU, or the harness stood still,', () => {
  const promise = { guarantee: 'recovers', withinMs: 300 } as const;
  const from = (first: number, until: number) =>
    Array.from({ length: (until - first) / 100 + 1 }, (_, index) => first + index * 100);
  const served = (history: HistoryBuilder, times: readonly number[]) =>
    times.reduce(
      (all, at) => all.batch(mints('n1', at)).request({ node: 'n1', at, status: 'ok' }),
      history.batch(mints('n1', 10)).said('n1', 20, 'minting', 0),
    );

  test('is no part of what a worker ID was silent for', () => {
    const died = (...stalls: readonly (readonly [number, number, string?])[]) =>
      recovers.fold(
        stalls
          .reduce(
            (history, stall) => history.stalled(...stall),
            served(nodes('n1', 'n2'), from(1100, 2000))
              .request({ node: 'n1', at: 2100, status: 'refused' })
              .said('n1', 2200, 'waiting')
              .recover(1000, 3100, 1),
          )
          .build(),
        promise,
      );
    expect(died()).toMatchObject({ verdict: 'fail' });
    expect(died([2050, 2250, 'n1'])).toMatchObject({ verdict: 'unknown', violations: 0 });
    // Two that overlap are counted once.
    expect(died([2050, 2120], [2060, 2130])).toMatchObject({ verdict: 'fail' });
  });

  describe('where requests were answered, but without IDs,', () => {
    /** Minted once after the heal, and then had an answer without IDs for everybody; its word is good. */
    const dying = (pool: number | undefined, ...stall: readonly [number, number, string?]) => {
      const history = nodes('n1', 'n2')
        .batch(mints('n2', 1100, 1))
        .batch(mints('n1', 1100));
      for (const at of from(1200, 3000)) {
        history.request({ node: 'n1', at, status: 'error' });
        history.batch(mints('n2', at, 1)).request({ node: 'n2', at, status: 'ok' });
      }
      history.said('n1', 1150, 'minting', 0).said('n2', 1150, 'minting', 1);
      history.said('n1', 2900, 'minting', 0).said('n2', 2900, 'minting', 1).recover(1000, 3000, 1);
      const { recover, ...built } = history.stalled(...stall).build();
      const { pool: _pool, ...withoutPool } = recover!;
      return recovers.fold({ ...built, recover: pool === undefined ? withoutPool : { ...withoutPool, pool } }, promise);
    };

    test.each([1, undefined])('is no sign of life, and undecided where too little is left (pool %s)', (pool) => {
      expect(dying(pool, 500, 600)).toMatchObject({ verdict: 'fail' });
      expect(dying(pool, 1250, 2990, 'n1')).toMatchObject({ verdict: 'unknown', violations: 0 });
      expect(dying(pool, 1250, 2990)).toMatchObject({ verdict: 'unknown', violations: 0 });
    });

    test.each([1, undefined])('is not excused by what befell another node (pool %s)', (pool) => {
      expect(dying(pool, 1250, 2990, 'n2')).toMatchObject({ verdict: 'fail' });
    });
  });

  test('moves the time by which it had to mint', () => {
    const late = (...stall: readonly [] | readonly [number, number]) => {
      const history = served(nodes('n1'), from(1500, 3000))
        .request({ node: 'n1', at: 1310, status: 'refused' })
        .recover(1000, 3000, 1);
      return recovers.fold((stall.length === 0 ? history : history.stalled(...stall)).build(), promise);
    };
    expect(late()).toMatchObject({ verdict: 'fail' });
    expect(late(1200, 1390)).toMatchObject({ verdict: 'fail' });
    expect(late(1200, 1400)).toMatchObject({ verdict: 'unknown', violations: 0, undecided: 1 });
  });

  test('excuses that node, and no other', () => {
    const hung = (starved: string) =>
      recovers.fold(
        served(nodes('n1', 'n2'), from(1100, 3000))
          .request({ node: 'n2', at: 2500, takesMs: 100, status: 'no answer' })
          .said('n2', 2900, 'waiting')
          .recover(1000, 3000, 1)
          .stalled(2400, 2700, starved)
          .build(),
        promise,
      );
    expect(hung('n2')).toMatchObject({ verdict: 'unknown', violations: 0 });
    expect(hung('n1')).toMatchObject({ verdict: 'fail', violations: 1 });
  });
});

describe('a load that ended before the bound', () => {
  const early = (history: HistoryBuilder) =>
    recovers.fold(history.recover(1000, 1200, 1).build(), { guarantee: 'recovers', withinMs: 300 });
  const back = () => nodes('n1', 'n2').batch(mints('n1', 1100)).said('n1', 1190, 'minting', 0);

  test('leaves a worker ID that had not minted undecided', () => {
    expect(early(nodes('n1').batch(mints('n1', 10)).said('n1', 1190, 'waiting'))).toMatchObject({
      verdict: 'unknown',
      undecided: 1,
    });
  });

  test('suffices when every node minted or waits by then', () => {
    expect(early(back().said('n2', 1190, 'waiting'))).toMatchObject({ verdict: 'pass', checked: 1 });
  });

  test('leaves a dead, a refusing and an idle node undecided', () => {
    expect(early(back())).toMatchObject({ verdict: 'unknown', undecided: 1 });
    expect(early(back().said('n2', 1190))).toMatchObject({ verdict: 'unknown' });
    expect(early(back().said('n2', 1190, 'refusing'))).toMatchObject({ verdict: 'unknown' });
    expect(early(back().said('n2', 1190, 'minting', 0))).toMatchObject({ verdict: 'unknown' });
    expect(early(back().said('n2', 1190, 'waiting').said('n2', 1195))).toMatchObject({ verdict: 'unknown' });
  });

  test('leaves requests without an answer undecided', () => {
    const alive = () => back().said('n2', 1190, 'waiting');
    expect(early(alive().request({ node: 'n2', at: 1150, status: 'no answer' }))).toMatchObject({
      verdict: 'unknown',
      violations: 0,
      undecided: 1,
    });
    expect(early(alive().request({ node: 'n2', at: 1000, status: 'no answer' }))).toMatchObject({ verdict: 'pass' });
  });
});

describe('a clock that ran ahead and used time that was still to come', () => {
  /** It ran ahead by so much until 500, was healed at 1000, and is asked all the time; promised within 300. */
  const ahead = (byMs: number, upToMs = 2000) => {
    const history = nodes('n1', 'n2')
      .said('n2', upToMs - 10, 'waiting')
      .batch({ node: 'n1', at: 500, offsetMs: byMs, ids: [{ ms: 500 + byMs }] })
      .said('n1', upToMs - 10, 'refusing', 0)
      .recover(1000, upToMs, 1);
    for (let at = 1000; at < upToMs; at += 50) history.request({ node: 'n1', at, status: 'refused' });
    return history;
  };
  const verdict = (history: HistoryBuilder) => recovers.fold(history.build(), { guarantee: 'recovers', withinMs: 300 });

  test('may be dark until time has passed that, and the promised time more', () => {
    // Used up to 1200: until 1501, for a tick is as long as a millisecond.
    expect(verdict(ahead(700).batch(mints('n1', 1500)).batch(mints('n1', 1990))).verdict).toBe('pass');
    expect(verdict(ahead(700).batch(mints('n1', 1700)).batch(mints('n1', 1990)))).toMatchObject({ verdict: 'fail' });
    expect(verdict(ahead(700)).witnesses[0]?.what).toContain('300 ms after time passed what it had used');
  });

  test('is not known to have recovered when the load ends before that', () => {
    expect(verdict(ahead(5000))).toMatchObject({ verdict: 'unknown', violations: 0 });
  });

  test('gains nothing by IDs minted after the heal, nor by times that no ID can carry', () => {
    const after = ahead(0).batch({ node: 'n1', at: 1100, ids: [{ ms: 9000 }] });
    expect(verdict(after).verdict).toBe('fail');
    const sentinel = ahead(0).batch({ node: 'n1', at: 900, ids: [2n ** 64n - 1n] });
    expect(verdict(sentinel).verdict).toBe('fail');
  });

  test('excuses no other worker ID and no request without an answer', () => {
    expect(verdict(ahead(5000).request({ node: 'n1', at: 1500, status: 'no answer' })).verdict).toBe('fail');
    const other = ahead(5000)
      .batch({ node: 'n2', at: 10, worker: 1, ids: [{ ms: 10 }] })
      .request({ node: 'n2', at: 1500, status: 'refused' })
      .recover(1000, 2000, 2);
    expect(verdict(other)).toMatchObject({ verdict: 'fail', violations: 1 });
  });
});
