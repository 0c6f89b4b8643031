import { describe, expect, test } from 'vitest';
import across from './increasing-across-lives.ts';
import { HistoryBuilder } from './shared/history-builder.ts';

const judge = (history: HistoryBuilder, scope: 'worker-id' | 'node') =>
  across.fold(history.build(), { guarantee: 'increasing-across-lives', scope });

describe('scope worker-id', () => {
  test('a successor behind the earlier holder', () => {
    const found = judge(
      new HistoryBuilder()
        .batch({ node: 'n1', at: 10, revision: 5n, ids: [{ ms: 10 }, { ms: 4000 }] })
        .batch({ node: 'n2', at: 900, revision: 8n, ids: [{ ms: 900 }] }),
      'worker-id',
    );
    expect(found).toMatchObject({ verdict: 'fail', checked: 2, violations: 1, scope: 'worker-id' });
    expect(found.witnesses[0]).toMatchObject({ worker: 0, tenures: [{ node: 'n1' }, { node: 'n2' }] });
    expect(found.witnesses[0]!.sightings.map(({ node }) => node)).toEqual(['n1', 'n2']);
  });

  test('the coordinator tells who was later, not the clock', () => {
    // n1 was called again after n2 began; by revision it is the earlier holder all the same.
    const history = new HistoryBuilder()
      .batch({ node: 'n2', at: 10, revision: 8n, ids: [{ ms: 50 }] })
      .batch({ node: 'n1', at: 20, revision: 5n, ids: [{ ms: 40 }] });
    expect(judge(history, 'worker-id')).toMatchObject({ verdict: 'pass' });
  });

  test('without revisions their acts tell', () => {
    const history = new HistoryBuilder()
      .batch({ node: 'n1', at: 20, ids: [{ ms: 40 }] })
      .batch({ node: 'n2', at: 10, ids: [{ ms: 50 }] });
    expect(judge(history, 'worker-id').violations).toBe(1);
  });

  test('revisions are compared as numbers', () => {
    const history = new HistoryBuilder()
      .batch({ node: 'n1', at: 10, revision: 9n, ids: [{ ms: 10 }] })
      .batch({ node: 'n2', at: 20, revision: 10n, ids: [{ ms: 20 }] });
    expect(judge(history, 'worker-id')).toMatchObject({ verdict: 'pass' });
  });

  test('a good first ID does not excuse a later one: the bound holds for the whole tenure', () => {
    const history = new HistoryBuilder()
      .batch({ node: 'n1', at: 10, revision: 5n, ids: [{ ms: 100 }] })
      .batch({ node: 'n2', at: 101, revision: 8n, ids: [{ ms: 101 }] })
      .batch({ node: 'n2', at: 102, revision: 8n, offsetMs: -50, ids: [{ ms: 52 }] });
    expect(judge(history, 'worker-id')).toMatchObject({ violations: 1 });
  });

  test('all earlier holders count, not the last alone', () => {
    const history = new HistoryBuilder()
      .batch({ node: 'n1', at: 10, revision: 5n, ids: [{ ms: 100 }] })
      .batch({ node: 'n2', at: 20, revision: 6n, ids: [{ ms: 20 }] })
      .batch({ node: 'n3', at: 30, revision: 7n, ids: [{ ms: 30 }] });
    expect(judge(history, 'worker-id')).toMatchObject({ violations: 2 });
  });

  test('one owner key is one tenure, under whatever lease it was put', () => {
    const moved = new HistoryBuilder()
      .batch({ node: 'n1', at: 10, revision: 5n, lease: 1n, ids: [{ ms: 10 }] })
      .batch({ node: 'n1', at: 20, revision: 5n, lease: 2n, ids: [{ ms: 20 }] })
      .batch({ node: 'n1', at: 30, revision: 5n, lease: 1n, ids: [{ ms: 30 }] });
    expect(judge(moved, 'worker-id')).toMatchObject({ verdict: 'pass', checked: 1 });
    const overtaken = moved.batch({ node: 'n2', at: 40, revision: 9n, lease: 3n, ids: [{ ms: 25 }] });
    const found = judge(overtaken, 'worker-id');
    expect(found).toMatchObject({ verdict: 'fail', checked: 2, violations: 1 });
    expect(found.witnesses[0]!.tenures![0]).toMatchObject({ node: 'n1', from: 10e6, to: 30e6 });
  });

  describe('without a name, interrupted', () => {
    /** n1 holds it, then n2, then n1 again: its two tenures are seen as one, which begins first and ends last. */
    const handedBack = () =>
      new HistoryBuilder()
        .batch({ node: 'n1', at: 10, ids: [{ ms: 10 }] })
        .batch({ node: 'n2', at: 30, ids: [{ ms: 30 }] })
        .batch({ node: 'n1', at: 50, ids: [{ ms: 50 }] });
    const UNDECIDED = { verdict: 'unknown', violations: 0, undecided: 1, witnesses: [] };

    test('it leaves the order open', () => {
      expect(judge(handedBack(), 'worker-id')).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
      expect(judge(handedBack().said('n1', 20, 'waiting'), 'worker-id')).toMatchObject(UNDECIDED);
      const elsewhere = handedBack().batch({ node: 'n1', at: 20, worker: 1, ids: [{ ms: 20 }] });
      expect(judge(elsewhere, 'worker-id')).toMatchObject(UNDECIDED);
    });

    test('it may be the one that is behind', () => {
      const behind = new HistoryBuilder()
        .batch({ node: 'n2', at: 5, ids: [{ ms: 70 }] })
        .batch({ node: 'n1', at: 10, ids: [{ ms: 10 }] })
        .said('n1', 20, 'waiting')
        .batch({ node: 'n1', at: 50, ids: [{ ms: 80 }] });
      expect(judge(behind, 'worker-id')).toMatchObject(UNDECIDED);
    });

    test('it does not hide others that are out of order', () => {
      const others = handedBack()
        .said('n1', 20, 'waiting')
        .batch({ node: 'n3', at: 40, ids: [{ ms: 25 }] });
      const found = judge(others, 'worker-id');
      expect(found).toMatchObject({ verdict: 'fail', violations: 1, undecided: 1 });
      expect(found.witnesses[0]!.tenures!.map(({ node }) => node)).toEqual(['n2', 'n3']);
    });

    test('lives follow one another whatever they hold', () => {
      expect(judge(handedBack().said('n1', 20, 'waiting'), 'node')).toMatchObject({ verdict: 'pass', undecided: 0 });
    });
  });

  test('worker IDs have nothing to do with one another', () => {
    const history = new HistoryBuilder()
      .batch({ node: 'n1', at: 10, worker: 1, ids: [{ ms: 100 }] })
      .batch({ node: 'n2', at: 20, worker: 0, ids: [{ ms: 20 }] });
    expect(judge(history, 'worker-id')).toMatchObject({ verdict: 'pass' });
  });
});

describe('scope node', () => {
  const restarted = new HistoryBuilder()
    .batch({ node: 'n1', at: 10, worker: 0, ids: [{ ms: 10 }] })
    .batch({ node: 'n1', at: 20, worker: 1, incarnation: 2, ids: [{ ms: 5 }] });

  test('a later life behind an earlier one, whatever their worker IDs', () => {
    expect(judge(restarted, 'node')).toMatchObject({ verdict: 'fail', violations: 1, checked: 2, unit: 'lives' });
    expect(judge(restarted, 'worker-id')).toMatchObject({ verdict: 'pass' });
  });

  test('other nodes have nothing to do with it', () => {
    const history = new HistoryBuilder()
      .batch({ node: 'n1', at: 10, ids: [{ ms: 10 }] })
      .batch({ node: 'n2', at: 20, incarnation: 2, ids: [{ ms: 5 }] });
    expect(judge(history, 'node')).toMatchObject({ verdict: 'pass' });
  });
});
