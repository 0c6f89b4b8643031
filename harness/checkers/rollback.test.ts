/** A coordinator that went back excuses those who assume that it never does, and what needs it: nothing else. */
import { describe, expect, test } from 'vitest';
import type { Promise_ } from '../core/guarantee.ts';
import type { Rollback } from '../core/rollback.ts';
import { msToNs } from '../core/time.ts';
import increasing from './increasing-across-lives.ts';
import owns from './owns-worker-id.ts';
import { HistoryBuilder } from './shared/history-builder.ts';
import unique from './unique.ts';

const ROLLBACK: Rollback = { from: msToNs(50), at: msToNs(60), before: '90', revision: '40' };
const ASSUMES: Promise_ = { guarantee: 'unique', assuming: ['coordinator never rolls back'] };

/** n1 mints ID 5 before the rollback, n2 mints it again at `at`, each under the coordinator's word. */
const twice = (at: number, second: { node?: string; revision?: bigint; worker?: number } = {}) =>
  new HistoryBuilder()
    .batch({ node: 'n1', at: 10, lease: 1n, revision: 50n, ids: [{ ms: 5 }] })
    .batch({ node: 'n2', at, lease: 2n, revision: 41n, ids: [{ ms: 5, worker: 0 }], ...second })
    .build();

describe('unique', () => {
  test('a duplicate across a rollback is outside the assumption, and a failure for whoever does not make it', () => {
    const history = { ...twice(70), rollbacks: [ROLLBACK] };
    expect(unique.fold(history, ASSUMES)).toMatchObject({
      verdict: 'pass',
      violations: 1,
      outsideAssumptions: 1,
      witnesses: [{ outsideAssumptions: true }],
    });
    expect(unique.fold(history, { guarantee: 'unique' })).toMatchObject({ verdict: 'fail', outsideAssumptions: 0 });
  });

  test('a duplicate before the rollback, or without one, is a failure', () => {
    expect(unique.fold({ ...twice(40), rollbacks: [ROLLBACK] }, ASSUMES).verdict).toBe('fail');
    expect(unique.fold(twice(70), ASSUMES).verdict).toBe('fail');
  });

  test('of two holders that both began after the rollback, neither is excused', () => {
    const earlier = { from: msToNs(2), at: msToNs(4), before: '90', revision: '40' };
    expect(unique.fold({ ...twice(70), rollbacks: [earlier] }, ASSUMES).verdict).toBe('fail');
  });

  test('what was minted before the snapshot is remembered', () => {
    const since = (ms: number) => ({ ...twice(70), rollbacks: [{ ...ROLLBACK, since: msToNs(ms) }] });
    expect(unique.fold(since(10), ASSUMES)).toMatchObject({ verdict: 'pass', outsideAssumptions: 1 });
    expect(unique.fold(since(11), ASSUMES)).toMatchObject({ verdict: 'fail', outsideAssumptions: 0 });
  });

  test('a rollback has no part in what holders of different worker IDs mint', () => {
    const history = { ...twice(70, { worker: 1 }), rollbacks: [ROLLBACK] };
    expect(unique.fold(history, ASSUMES)).toMatchObject({ verdict: 'fail', outsideAssumptions: 0 });
  });

  /** n1 mints on after the rollback, until `lastMs`; n2 mints ID 5 again later. */
  const mintsOn = (lastMs: number, againMs = 70) =>
    new HistoryBuilder()
      .batch({ node: 'n1', at: 10, lease: 1n, revision: 30n, ids: [{ ms: 1 }] })
      .batch({ node: 'n1', at: againMs, lease: 1n, revision: 30n, ids: [{ ms: 5 }] })
      .batch({ node: 'n1', at: lastMs, lease: 1n, revision: 30n, ids: [{ ms: 9 }] })
      .batch({ node: 'n2', at: 300, lease: 2n, revision: 41n, ids: [{ ms: 5 }] })
      .lease(1n, { node: 'n1', revision: 30n, sentMs: lastMs - 50, ttlMs: 100 })
      .build();

  test('a holder that went on for more than its TTL has the word of the coordinator that went back', () => {
    expect(unique.fold({ ...mintsOn(160), rollbacks: [ROLLBACK] }, ASSUMES).outsideAssumptions).toBe(1);
    expect(unique.fold({ ...mintsOn(161), rollbacks: [ROLLBACK] }, ASSUMES).verdict).toBe('fail');
    expect(unique.fold({ ...mintsOn(161, 20), rollbacks: [ROLLBACK] }, ASSUMES).verdict).toBe('fail');
  });

  test('of two who mint it again after the rollback, the second knows of the first', () => {
    const thrice = new HistoryBuilder()
      .batch({ node: 'n1', at: 10, lease: 1n, revision: 50n, ids: [{ ms: 5 }] })
      .batch({ node: 'n2', at: 70, lease: 2n, revision: 41n, ids: [{ ms: 5 }] })
      .batch({ node: 'n3', at: 90, lease: 3n, revision: 45n, ids: [{ ms: 5 }] })
      .build();
    expect(unique.fold({ ...thrice, rollbacks: [ROLLBACK] }, ASSUMES)).toMatchObject({
      verdict: 'fail',
      violations: 2,
      outsideAssumptions: 1,
    });
  });

  /** n1 lost its worker ID to n2 at `fromMs`; the rollback forgot n2, and n1 lives again. */
  const resurrected = (fromMs: number) =>
    new HistoryBuilder()
      .batch({ node: 'n1', at: 10, lease: 1n, revision: 30n, ids: [{ ms: 1 }] })
      .batch({ node: 'n2', at: fromMs, lease: 2n, revision: 50n, ids: [{ ms: 5 }] })
      .batch({ node: 'n1', at: 70, lease: 1n, revision: 30n, ids: [{ ms: 5 }] })
      .build();

  test('who lives again knows nothing of a holder that began after the snapshot', () => {
    const rollbacks = [{ ...ROLLBACK, since: msToNs(20) }];
    expect(unique.fold({ ...resurrected(30), rollbacks }, ASSUMES)).toMatchObject({ outsideAssumptions: 1 });
    expect(unique.fold({ ...resurrected(15), rollbacks }, ASSUMES).verdict).toBe('fail');
  });

  test('what one life minted twice, or a holder without a lease, is not excused', () => {
    const same = { ...twice(70, { node: 'n1' }), rollbacks: [ROLLBACK] };
    expect(unique.fold(same, ASSUMES)).toMatchObject({ verdict: 'fail', outsideAssumptions: 0 });
    const unleased = { ...twice(70, { revision: 0n }), rollbacks: [ROLLBACK] };
    expect(unique.fold(unleased, ASSUMES)).toMatchObject({ verdict: 'fail', outsideAssumptions: 0 });
  });
});

describe('increasing-across-lives', () => {
  const promise: Promise_ = { guarantee: 'increasing-across-lives', scope: 'worker-id' };
  const assumes: Promise_ = { ...promise, assuming: ['coordinator never rolls back'] };
  const behind = new HistoryBuilder()
    .batch({ node: 'n1', at: 10, lease: 1n, revision: 50n, ids: [{ ms: 5 }] })
    .batch({ node: 'n2', at: 70, lease: 2n, revision: 41n, ids: [{ ms: 3 }] })
    .build();

  test('a lower revision is later when the coordinator had gone back in between', () => {
    const history = { ...behind, rollbacks: [ROLLBACK] };
    expect(increasing.fold(history, promise)).toMatchObject({ verdict: 'fail', violations: 1, outsideAssumptions: 0 });
    expect(increasing.fold(history, assumes)).toMatchObject({ verdict: 'pass', violations: 1, outsideAssumptions: 1 });
    // By the coordinator's word alone the second came first, and all is in order.
    expect(increasing.fold(behind, promise).violations).toBe(0);
  });

  test('who is behind a holder that it could know of is not excused by another that was forgotten', () => {
    const both = new HistoryBuilder()
      .batch({ node: 'n3', at: 5, lease: 3n, revision: 20n, ids: [{ ms: 4 }] })
      .batch({ node: 'n1', at: 10, lease: 1n, revision: 50n, ids: [{ ms: 5 }] })
      .batch({ node: 'n2', at: 70, lease: 2n, revision: 41n, ids: [{ ms: 3 }] })
      .build();
    const rollbacks = (since: number) => [{ ...ROLLBACK, since: msToNs(since) }];
    expect(increasing.fold({ ...both, rollbacks: rollbacks(8) }, assumes)).toMatchObject({
      verdict: 'fail',
      violations: 1,
      outsideAssumptions: 0,
      witnesses: [{ tenures: [{ node: 'n3' }, { node: 'n2' }] }],
    });
    expect(increasing.fold({ ...both, rollbacks: rollbacks(4) }, assumes).outsideAssumptions).toBe(1);
  });
});

describe('owns-worker-id', () => {
  const promise: Promise_ = { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] };
  /** n1 lost its worker ID to n2; the rollback forgot n2 and remembered n1, which mints on. */
  const resurrected = (endedMs: number) =>
    new HistoryBuilder()
      .batch({ node: 'n1', at: 10, lease: 1n, revision: 30n, ids: [{ ms: 5 }] })
      .batch({ node: 'n2', at: 40, lease: 2n, revision: 50n, ids: [{ ms: 40 }] })
      .batch({ node: 'n2', at: 66, lease: 2n, revision: 50n, ids: [{ ms: 66 }] })
      .batch({ node: 'n1', at: 70, lease: 1n, revision: 30n, ids: [{ ms: 70 }] })
      .lease(1n, { node: 'n1', revision: 30n, sentMs: 65, ttlMs: 100 })
      .lease(2n, { node: 'n2', revision: 50n, sentMs: 38, ttlMs: 100, endedMs })
      .build();

  test('a holder that was forgotten before its lease was over excuses the one that lives again', () => {
    const history = { ...resurrected(60), rollbacks: [ROLLBACK] };
    expect(owns.fold(history, promise)).toMatchObject({ verdict: 'pass', violations: 2, outsideAssumptions: 2 });
    expect(owns.fold(resurrected(60), promise).verdict).toBe('fail');
  });
});
