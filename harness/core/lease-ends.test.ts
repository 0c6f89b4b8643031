import { describe, expect, test } from 'vitest';
import type { OwnerEvent } from './cluster.ts';
import type { LeaseFact } from './history.ts';
import type { GoneAnswer, KeyDeletion } from './lease-ends.ts';
import { endOfLease, leaseFinder, withEnds, withGone, withRevokes } from './lease-ends.ts';

/** Granted at 0 for 5 s. */
const fact: LeaseFact = { lease: '7', node: 'n1', incarnation: 1, lastSentNs: 0, ttlMs: 5000 };
const event = (what: OwnerEvent['what'], workerId: number, createRevision: string, at: number): OwnerEvent => ({
  at: at * 1e9,
  what,
  workerId,
  createRevision,
  revision: what === 'acquired' ? createRevision : `${Number(createRevision) + 1}`,
  lease: '7',
});
const early = (endedS: number) => ({ latest: 5e9, early: endedS * 1e9, by: 'coordinator' });
const doubtful = (endedS: number) => ({ ...early(endedS), by: 'not known' });

describe('an end belongs to an owner key', () => {
  const twoKeys = withEnds(
    [fact],
    [],
    [event('acquired', 0, '3', 0), event('released', 0, '3', 2), event('acquired', 1, '5', 3)],
  );

  test('the end of one leaves another under the same lease alone', () => {
    const factOf = leaseFinder(twoKeys);
    expect(factOf({ lease: '7', createRevision: '3' })).toMatchObject({ endedNs: 2e9 });
    expect(factOf({ lease: '7', createRevision: '5' })).not.toHaveProperty('endedNs');
  });

  test('of a key that nobody told of, no end is known', () => {
    expect(leaseFinder(twoKeys)({ lease: '7', createRevision: '9' })).toBeUndefined();
  });

  test('a lease under which nothing was held is a fact, too', () => {
    expect(withEnds([fact], [], [])).toEqual([fact]);
  });
});

describe('an early end is by the coordinator', () => {
  const ended = (deletions: readonly KeyDeletion[], more: Partial<LeaseFact> = {}, release: Partial<OwnerEvent> = {}) =>
    withEnds([{ ...fact, ...more }], deletions, [
      event('acquired', 0, '3', 0),
      { ...event('released', 0, '3', 2), ...release },
    ]).map(endOfLease);

  test('when no node asked for it', () => {
    expect(ended([])).toEqual([early(2)]);
    expect(ended([{ key: 'o/1', sentNs: 1e9, revision: '4' }])).toEqual([early(2)]);
  });

  test('but not when a node, whichever, deleted the key or revoked the lease', () => {
    expect(ended([{ key: 'o/0', sentNs: 1e9, revision: '4' }])).toEqual([{ latest: 2e9 }]);
    expect(ended([], { givenUpNs: 1e9 })).toEqual([{ latest: 2e9 }]);
  });

  test('and a deletion is of what ended at its revision: not of what was there before or after', () => {
    for (const revision of ['2', '3', '5']) expect(ended([{ key: 'o/0', sentNs: 1e9, revision }])).toEqual([early(2)]);
  });

  test('and whose doing it was is not known, when one that a node asked for was never answered', () => {
    expect(ended([{ key: 'o/0', sentNs: 1e9 }])).toEqual([doubtful(2)]);
    expect(ended([{ key: 'o/0', sentNs: 2.5e9 }])).toEqual([early(2)]);
    expect(ended([], { perhapsGivenUpNs: 1e9 })).toEqual([doubtful(2)]);
    expect(ended([], { perhapsGivenUpNs: 2.5e9 })).toEqual([early(2)]);
    expect(ended([], { perhapsGivenUpNs: 1e9, givenUpNs: 1.5e9 })).toEqual([{ latest: 2e9 }]);
  });

  test('of requests to revoke it, the first of each kind counts', () => {
    const answered = { lease: '7', sentNs: 2e9, isAnswered: true } as const;
    const open = { lease: '7', sentNs: 4e9 };
    const others = [
      { ...answered, sentNs: 1e9, lease: '8' },
      { ...open, sentNs: 1e9, coordinator: 'eu' },
    ];
    expect(withRevokes([fact], others)).toEqual([fact]);
    expect(withRevokes([fact], [{ ...answered, sentNs: 3e9 }, answered, open, ...others])).toEqual([
      { ...fact, givenUpNs: 2e9, perhapsGivenUpNs: 4e9 },
    ]);
  });

  test('and its word excuses its node no longer than until that was told of it, and could act on it', () => {
    const told = (sentS: number, more: Partial<GoneAnswer> = {}) => {
      const answer = { lease: '7', node: 'n1', incarnation: 1, sentNs: sentS * 1e9, receivedNs: sentS * 1e9 + 1e6 };
      return withGone([{ ...fact, endedNs: 2e9 }], [{ ...answer, ...more }, answer]).map(endOfLease);
    };
    expect(told(2.5)).toEqual([{ ...early(2), latest: 3.501e9 }]);
    expect(told(4.5)).toEqual([early(2)]);
    // It learned of it before the harness did.
    expect(told(0.5)).toEqual([{ ...early(2), latest: 2e9 }]);
    // Kept alive by a request that was sent later: it lived again.
    expect(told(0)).toEqual([early(2)]);
    // Others were told.
    const one = { lease: '7', node: 'n1', incarnation: 1, sentNs: 2e9, receivedNs: 2e9 };
    for (const other of [{ node: 'n2' }, { incarnation: 2 }, { lease: '8' }, { coordinator: 'eu' }])
      expect(withGone([fact], [{ ...one, ...other }])).toEqual([fact]);
  });

  test('even if one asked for it after it had come', () => {
    expect(ended([{ key: 'o/0', sentNs: 2.5e9, revision: '4' }])).toEqual([early(2)]);
    expect(ended([], { givenUpNs: 2.5e9 })).toEqual([early(2)]);
  });

  test('but not known to be when the lease was kept alive after it, unless the coordinator forgot the key', () => {
    const kept = { lastSentNs: 2.5e9 };
    expect(ended([], kept)).toEqual([{ ...doubtful(2), latest: 7.5e9 }]);
    expect(ended([], kept, { wentBack: true })).toEqual([{ ...early(2), latest: 7.5e9 }]);
    expect(ended([{ key: 'o/0', sentNs: 1e9, revision: '4' }], kept)).toEqual([{ latest: 2e9 }]);
  });

  test('and one deletion explains one end, although a coordinator that went back gives its revision again', () => {
    const events = [
      event('acquired', 0, '3', 0),
      event('released', 0, '3', 1),
      { ...event('acquired', 0, '3', 2), lease: '8' },
      { ...event('released', 0, '3', 3), lease: '8' },
    ];
    const ends = (deletion: KeyDeletion) =>
      withEnds([fact, { ...fact, lease: '8' }], [deletion], events).map(endOfLease);
    expect(ends({ key: 'o/0', sentNs: 0.5e9, revision: '4' })).toEqual([{ latest: 1e9 }, early(3)]);
    expect(ends({ key: 'o/0', sentNs: 2.5e9, revision: '4' })).toEqual([early(1), { latest: 3e9 }]);
    // Carried out at any time, if at all.
    expect(ends({ key: 'o/0', sentNs: 0.5e9 })).toEqual([doubtful(1), doubtful(3)]);
  });
});

describe('who gave a lease up first', () => {
  const [own, other] = [
    { node: 'n1', incarnation: 1 },
    { node: 'n1', incarnation: 2 },
  ];
  const events = [event('acquired', 0, '3', 0), event('released', 0, '3', 2)];
  const byHolder = (facts: readonly LeaseFact[]) => facts[0]!.givenUpByHolder === true;

  test('is its holder, or another life of whatever node', () => {
    const revoked = (...askers: readonly (typeof own)[]) =>
      byHolder(
        withRevokes(
          [fact],
          askers.map((asker, i) => ({ lease: '7', asker, sentNs: 1e9 + i, isAnswered: true })),
        ),
      );
    expect([revoked(own), revoked(other), revoked(own, other), revoked(other, own)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('also by deleting the owner key', () => {
    const deleted = (asker: typeof own, more: Partial<LeaseFact> = {}) =>
      byHolder(withEnds([{ ...fact, ...more }], [{ key: 'o/0', asker, sentNs: 1e9, revision: '4' }], events));
    expect([deleted(own), deleted(other)]).toEqual([true, false]);
    expect(deleted(own, { givenUpNs: 0.5e9 })).toBe(false);
    expect(deleted(other, { givenUpNs: 1.5e9, givenUpByHolder: true })).toBe(false);
  });
});
