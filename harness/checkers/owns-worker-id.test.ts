import { describe, expect, test } from 'vitest';
import { withEnds } from '../core/lease-ends.ts';
import owns from './owns-worker-id.ts';
import { type BatchSpec, HistoryBuilder } from './shared/history-builder.ts';

const judge = (history: HistoryBuilder) =>
  owns.fold(history.build(), { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] });
const judgeUnassuming = (history: HistoryBuilder) => owns.fold(history.build(), { guarantee: 'owns-worker-id' });

const batch = (node: string, at: number, more: Partial<BatchSpec> = {}): BatchSpec => ({
  node,
  at,
  ids: [{ ms: at }],
  ...more,
});

describe('two holders', () => {
  test('overlap, although no ID was minted twice', () => {
    const found = judge(
      new HistoryBuilder().batch(batch('n1', 10)).batch(batch('n2', 20)).batch(batch('n1', 30)).batch(batch('n2', 40)),
    );
    expect(found).toMatchObject({ verdict: 'fail', violations: 1, checked: 4 });
    expect(found.witnesses[0]).toMatchObject({
      worker: 0,
      at: 20e6,
      tenures: [
        { node: 'n1', from: 10e6, to: 30e6 },
        { node: 'n2', from: 20e6, to: 40e6 },
      ],
    });
  });

  test('intervals are closed: to touch is to overlap', () => {
    const touching = (secondReturns: number) =>
      new HistoryBuilder()
        .batch(batch('n1', 10))
        .batch(batch('n1', 30, { takesMs: 5 }))
        .batch(batch('n2', 25, { takesMs: secondReturns - 25 }));
    expect(judge(touching(30))).toMatchObject({ violations: 1 });
    expect(judge(touching(31))).toMatchObject({ verdict: 'pass' });
  });

  test('so it is when the coordinator says that the later one is the elder', () => {
    const touching = (elderReturns: number) =>
      new HistoryBuilder()
        .batch(batch('n2', 10, { revision: 9n }))
        .batch(batch('n2', 30, { revision: 9n }))
        .batch(batch('n1', 25, { revision: 5n, takesMs: elderReturns - 25 }))
        .batch(batch('n1', 50, { revision: 5n }));
    expect(judge(touching(30))).toMatchObject({ violations: 1 });
    expect(judge(touching(31))).toMatchObject({ verdict: 'pass' });
  });

  test('only what is certain counts: from the return of the first batch to the call of the last', () => {
    const slow = new HistoryBuilder().batch(batch('n1', 10, { takesMs: 30 })).batch(batch('n2', 20, { takesMs: 30 }));
    expect(judge(slow)).toMatchObject({ verdict: 'pass' });
  });

  test('a single call of one, within the certain time of the other', () => {
    const history = new HistoryBuilder()
      .batch(batch('n1', 10))
      .batch(batch('n1', 30))
      .batch(batch('n2', 20, { takesMs: 1 }));
    expect(judge(history)).toMatchObject({ violations: 1 });
  });

  test('batches without IDs hold nothing', () => {
    const history = new HistoryBuilder()
      .batch(batch('n1', 10))
      .batch(batch('n1', 30, { ids: [] }))
      .batch(batch('n2', 20));
    expect(judge(history)).toMatchObject({ verdict: 'pass', checked: 2 });
  });

  test('two tenures of one node, told apart by their revisions', () => {
    const history = new HistoryBuilder()
      .batch(batch('n1', 10, { revision: 5n }))
      .batch(batch('n1', 20, { revision: 8n }))
      .batch(batch('n1', 30, { revision: 5n }));
    expect(judge(history)).toMatchObject({ violations: 1 });
  });

  test('one tenure whose key was moved to another lease is one tenure', () => {
    const history = new HistoryBuilder()
      .lease(1n, { node: 'n1', sentMs: 0, ttlMs: 100 })
      .lease(2n, { node: 'n1', sentMs: 0, ttlMs: 100 })
      .batch(batch('n1', 10, { revision: 5n, lease: 1n }))
      .batch(batch('n1', 20, { revision: 5n, lease: 2n }))
      .batch(batch('n1', 30, { revision: 5n, lease: 1n }));
    expect(judge(history)).toMatchObject({ verdict: 'pass' });
  });

  test('different worker IDs, or none', () => {
    const history = new HistoryBuilder()
      .batch(batch('n1', 10))
      .batch(batch('n2', 10, { worker: 1 }))
      .batch(batch('n3', 10, { worker: -1 }));
    expect(judge(history)).toMatchObject({ verdict: 'pass', checked: 2 });
  });
});

describe('tenures without lease and revision', () => {
  /** n2 holds worker ID 2 twice; n3 holds it in between, and meets what is seen of n2 as one. */
  const handedOver = () =>
    new HistoryBuilder()
      .batch(batch('n2', 10_000, { worker: 2 }))
      .batch(batch('n2', 21_000, { worker: 2 }))
      .batch(batch('n3', 22_000, { worker: 2 }))
      .batch(batch('n3', 35_000, { worker: 2 }))
      .batch(batch('n2', 36_800, { worker: 2 }))
      .batch(batch('n2', 60_800, { worker: 2 }));
  const UNDECIDED = { verdict: 'unknown', violations: 0, undecided: 1, witnesses: [] };

  test('an interruption that the node told of leaves open who held it', () => {
    expect(judge(handedOver().said('n2', 30_000, 'waiting'))).toMatchObject(UNDECIDED);
    expect(judge(handedOver().said('n2', 30_000, 'minting', 1))).toMatchObject(UNDECIDED);
    expect(judge(handedOver().batch(batch('n2', 30_000, { worker: 1 })))).toMatchObject(UNDECIDED);
    expect(judge(handedOver().batch(batch('n2', 30_000, { worker: -1 })))).toMatchObject(UNDECIDED);
  });

  test('who says nothing else holds it all the time', () => {
    expect(judge(handedOver())).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
    const steady = handedOver()
      .said('n2', 30_000, 'minting', 2)
      .said('n2', 31_000, 'refusing', 2)
      .said('n2', 32_000, 'minting')
      .said('n2', 33_000);
    expect(judge(steady)).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
  });

  test('what it said before, after or at the ends, in another life, or of another node interrupts nothing', () => {
    const elsewhere = handedOver()
      .said('n2', 9_000, 'waiting')
      .said('n2', 10_000, 'waiting')
      .said('n2', 60_800, 'waiting')
      .said('n1', 30_000, 'waiting')
      .batch(batch('n2', 30_000, { worker: 1, incarnation: 2 }));
    expect(judge(elsewhere)).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
  });

  test('an interrupted tenure that met nobody is judged', () => {
    const alone = new HistoryBuilder().batch(batch('n2', 10)).said('n2', 20, 'waiting').batch(batch('n2', 30));
    expect(judge(alone)).toMatchObject({ verdict: 'pass', checked: 2, undecided: 0 });
  });

  test('a meeting of others is broken beside it', () => {
    const both = handedOver()
      .said('n2', 30_000, 'waiting')
      .batch(batch('n1', 10, { worker: 7 }))
      .batch(batch('n1', 30, { worker: 7 }))
      .batch(batch('n3', 20, { worker: 7 }));
    expect(judge(both)).toMatchObject({ verdict: 'fail', violations: 1, undecided: 1 });
  });

  test('a name tells two tenures apart, whatever the node said', () => {
    const named = new HistoryBuilder()
      .batch(batch('n2', 10, { revision: 5n }))
      .said('n2', 20, 'waiting')
      .batch(batch('n2', 40, { revision: 5n }))
      .batch(batch('n3', 30, { revision: 8n }));
    expect(judge(named)).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
  });
});

describe('after the lease', () => {
  /** The last accepted keep-alive was sent at 100 and good for 50. */
  const leased = (endedMs: number | undefined) =>
    new HistoryBuilder().lease(7n, { node: 'n1', sentMs: 100, ttlMs: 50, ...(endedMs !== undefined && { endedMs }) });
  const held = (at: number, more: Partial<BatchSpec> = {}) => batch('n1', at, { lease: 7n, revision: 3n, ...more });

  test('called at the end is in time, called after it is not', () => {
    expect(judge(leased(160).batch(held(160)))).toMatchObject({ verdict: 'pass', undecided: 0 });
    const found = judge(leased(160).batch(held(161)).batch(held(170)));
    expect(found).toMatchObject({ verdict: 'fail', violations: 2 });
    expect(found.witnesses).toHaveLength(1);
    expect(found.witnesses[0]!.sightings[0]).toMatchObject({ node: 'n1', called: 161e6 });
  });

  test('a lease that lives has no end', () => {
    expect(judge(leased(undefined).batch(held(500)))).toMatchObject({ verdict: 'pass', undecided: 0 });
  });

  test('a batch that straddles the end is undecided', () => {
    expect(judge(leased(160).batch(held(155, { takesMs: 10 })))).toMatchObject({ verdict: 'pass', undecided: 1 });
  });

  test('unless its clock ran true and its IDs say that it was read after the end', () => {
    const straddling = (readAt: number, more: Partial<BatchSpec> = {}) =>
      judge(leased(160).batch(held(155, { takesMs: 20, ids: [{ ms: readAt }], ...more })));
    expect(straddling(163)).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
    // Within the rounding of a clock that shows whole milliseconds.
    expect(straddling(162)).toMatchObject({ verdict: 'pass', undecided: 1 });
    // A clock that was ahead from the beginning maps as well as a true one.
    const ahead = leased(160)
      .order('n1', 0, 1, { offsetMs: 3000 })
      .batch(held(155, { takesMs: 20, offsetMs: 3000, ids: [{ ms: 3163 }] }));
    expect(judge(ahead)).toMatchObject({ violations: 1 });
    // One that was put back: the node may have had this time before, and have counted on.
    const back = leased(160)
      .order('n1', 0, 1, { offsetMs: -3000 })
      .batch(held(155, { takesMs: 20, offsetMs: -3000, ids: [{ ms: 163 - 3000 }] }));
    expect(judge(back)).toMatchObject({ verdict: 'pass', undecided: 1 });
    // The clock stepped inside the call: what it showed maps to nothing.
    expect(straddling(163, { wallTakesMs: 25 })).toMatchObject({ verdict: 'pass', undecided: 1 });
    // What the generator promises of the time in its IDs is what that is worth.
    const promised = (timeAheadMs: number | undefined, readAt: number) =>
      judge(
        leased(160)
          .timeAhead(timeAheadMs)
          .batch(held(155, { takesMs: 20, ids: [{ ms: readAt }] })),
      );
    expect(promised(3, 166)).toMatchObject({ violations: 1, undecided: 0 });
    expect(promised(3, 165)).toMatchObject({ verdict: 'pass', undecided: 1 });
    expect(promised(undefined, 166)).toMatchObject({ verdict: 'pass', undecided: 1 });
    // A time that the clock never showed is another guarantee's business.
    expect(straddling(9999)).toMatchObject({ verdict: 'pass', undecided: 1 });
  });

  test('an early end is outside assumptions as long as the word of the coordinator held', () => {
    const early = leased(120).batch(held(119)).batch(held(130)).batch(held(150));
    expect(judge(early)).toMatchObject({ verdict: 'pass', violations: 2, outsideAssumptions: 2 });
    expect(judgeUnassuming(early)).toMatchObject({ verdict: 'fail', violations: 2, outsideAssumptions: 0 });
    expect(judge(leased(120).batch(held(151)))).toMatchObject({
      verdict: 'fail',
      violations: 1,
      outsideAssumptions: 0,
    });
  });

  test('an early end that the node itself asked for excuses nothing', () => {
    const revoked = (givenUpMs: number) =>
      new HistoryBuilder()
        .lease(7n, { node: 'n1', sentMs: 100, ttlMs: 50, endedMs: 120, givenUpMs })
        .batch(held(119))
        .batch(held(130));
    expect(judge(revoked(110))).toMatchObject({ verdict: 'fail', violations: 1, outsideAssumptions: 0 });
    // Asked for only after it was gone: the coordinator had ended it already.
    expect(judge(revoked(125))).toMatchObject({ verdict: 'pass', violations: 1, outsideAssumptions: 1 });
  });

  test('nor does it excuse a node that was told that its lease is gone', () => {
    const told = (toldGoneMs: number) =>
      new HistoryBuilder()
        .lease(7n, { node: 'n1', sentMs: 100, ttlMs: 5000, endedMs: 120, toldGoneMs })
        .batch(held(119))
        .batch(held(1130))
        .batch(held(1131));
    expect(judge(told(130))).toMatchObject({ verdict: 'fail', violations: 2, outsideAssumptions: 1 });
    // It has some time to act on it.
    expect(judge(told(131))).toMatchObject({ verdict: 'pass', violations: 2, outsideAssumptions: 2 });
  });

  test('an early end that a node may have brought about is undecided: no excuse, and no accusation', () => {
    const perhaps = (): HistoryBuilder =>
      new HistoryBuilder()
        .lease(7n, { node: 'n1', sentMs: 100, ttlMs: 50, endedMs: 120, perhapsGivenUpMs: 110 })
        .batch(held(119));
    expect(judge(perhaps())).toMatchObject({ verdict: 'pass', undecided: 0 });
    const late = perhaps().batch(held(130));
    expect(judge(late)).toMatchObject({ verdict: 'unknown', checked: 0, violations: 0, undecided: 1, witnesses: [] });
    const successor = (at: number) => batch('n2', at, { revision: 9n });
    const met = perhaps().batch(held(140)).batch(successor(130)).batch(successor(200));
    expect(judge(met)).toMatchObject({ verdict: 'unknown', violations: 0, undecided: 2, witnesses: [] });
    // After the word of the coordinator, too.
    expect(judge(perhaps().batch(held(151)))).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
    // A promise that holds whoever ends a lease.
    expect(judgeUnassuming(late)).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
    expect(judgeUnassuming(met)).toMatchObject({ verdict: 'fail', violations: 2, undecided: 0 });
  });

  test('so is an overlap that exists only because of it', () => {
    const successor = (at: number) => batch('n2', at, { revision: 9n });
    const excused = leased(120).batch(held(100)).batch(held(140)).batch(successor(130)).batch(successor(200));
    expect(judge(excused)).toMatchObject({ verdict: 'pass', violations: 2, outsideAssumptions: 2 });
    // The elder minted on after the word of the coordinator, too.
    const notExcused = leased(120).batch(held(100)).batch(held(190)).batch(successor(130)).batch(successor(200));
    expect(judge(notExcused)).toMatchObject({ verdict: 'fail', violations: 2, outsideAssumptions: 0 });
  });

  test('an early end of the younger excuses nothing', () => {
    const history = leased(120)
      .batch(batch('n2', 90, { revision: 1n }))
      .batch(held(100))
      .batch(held(110))
      .batch(batch('n2', 115, { revision: 1n }));
    expect(judge(history)).toMatchObject({ verdict: 'fail', outsideAssumptions: 0 });
  });

  test('a lease of which nothing is known decides nothing', () => {
    expect(judge(new HistoryBuilder().batch(held(10)))).toMatchObject({ verdict: 'pass', undecided: 1 });
  });

  test('two worker IDs, one after the other, under one lease that lives', () => {
    const history = leased(undefined)
      .batch(held(100))
      .batch(held(200, { worker: 1, revision: 5n, ids: [{ ms: 200 }] }));
    const owner = { lease: '7', revision: '0' } as const;
    const ends = withEnds(
      history.build().leases,
      [],
      [
        { ...owner, what: 'acquired', workerId: 0, createRevision: '3', at: 10e6 },
        { ...owner, what: 'released', workerId: 0, createRevision: '3', at: 190e6 },
        { ...owner, what: 'acquired', workerId: 1, createRevision: '5', at: 195e6 },
      ],
    );
    expect(owns.fold({ ...history.build(), leases: ends }, { guarantee: 'owns-worker-id' })).toMatchObject({
      verdict: 'pass',
      violations: 0,
      undecided: 0,
    });
    const late = { ...history.batch(held(191)).build(), leases: ends };
    expect(owns.fold(late, { guarantee: 'owns-worker-id' })).toMatchObject({ verdict: 'fail' });
  });

  test('lease IDs are compared as 64 bits', () => {
    const big = 2n ** 63n + 1n;
    const history = new HistoryBuilder()
      .lease(big, { node: 'n1', sentMs: 0, ttlMs: 10, endedMs: 20 })
      .lease(big + 1n, { node: 'n1', sentMs: 0, ttlMs: 10 })
      .batch(batch('n1', 50, { lease: big + 1n, revision: 4n }));
    expect(judge(history)).toMatchObject({ verdict: 'pass', undecided: 0 });
  });
});
