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
const twice = (at: number, second: { node?: string; revision?: bigint } = {}) =>
  new HistoryBuilder()
    .batch({ node: 'n1', at: 10, lease: 1n, revision: 50n, ids: [{ ms: 5 }] })
    .batch({ node: 'n2', at, lease: 2n, revision: 41n, ids: [{ ms: 5 }], ...second })
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
