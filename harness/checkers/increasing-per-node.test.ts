import { describe, expect, test } from 'vitest';
import increasing from './increasing-per-node.ts';
import { HistoryBuilder } from './shared/history-builder.ts';

const judge = (history: HistoryBuilder) => increasing.fold(history.build(), { guarantee: 'increasing-per-node' });

describe('within a lane', () => {
  test('an ID equal to the one before is a violation', () => {
    const found = judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [5n, 5n] }));
    expect(found).toMatchObject({ verdict: 'fail', checked: 2, violations: 1 });
    expect(found.witnesses[0]!.sightings.map(({ seq }) => seq)).toEqual([0, 1]);
  });

  test('order is unsigned: the sign bit makes an ID greater', () => {
    expect(
      judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n] })),
    ).toMatchObject({ verdict: 'pass' });
    expect(judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [2n ** 63n, 1n] })).violations).toBe(1);
  });

  test('holds across batches, an empty one between, and into the next file of the lane', () => {
    const found = judge(
      new HistoryBuilder()
        .batch({ node: 'n1', at: 9, firstSeq: 4, ids: [7n, 9n] })
        .batch({ node: 'n1', at: 1, firstSeq: 0, ids: [5n, 8n] })
        .batch({ node: 'n1', at: 5, firstSeq: 2, ids: [] })
        .batch({ node: 'n1', at: 6, firstSeq: 2, ids: [8n, 10n] }),
    );
    expect(found.violations).toBe(2);
    expect(found.witnesses.map(({ sightings }) => sightings.map(({ id }) => id))).toEqual([
      ['8', '8'],
      ['10', '7'],
    ]);
  });

  test('lives and nodes are not compared with one another', () => {
    const history = new HistoryBuilder()
      .batch({ node: 'n1', at: 1, ids: [9n] })
      .batch({ node: 'n1', at: 2, incarnation: 2, ids: [8n] })
      .batch({ node: 'n2', at: 3, ids: [7n] });
    expect(judge(history)).toMatchObject({ verdict: 'pass', checked: 3 });
  });

  test('two steps back in one batch are two violations and one witness', () => {
    const found = judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [5n, 4n, 6n, 3n] }));
    expect(found.violations).toBe(2);
    expect(found.witnesses).toHaveLength(1);
  });
});

describe('across lanes of one life', () => {
  const lanes = (closedAt: number, second: bigint) =>
    new HistoryBuilder()
      .batch({ node: 'n1', lane: 0, at: 10, takesMs: closedAt - 10, ids: [100n] })
      .batch({ node: 'n1', lane: 1, at: 20, takesMs: 1, ids: [second, 200n] });

  test('what had returned before a call must be lower', () => {
    expect(judge(lanes(19, 100n))).toMatchObject({ verdict: 'fail', violations: 1 });
    expect(judge(lanes(19, 101n))).toMatchObject({ verdict: 'pass' });
  });

  test('a call that returned at that very moment tells no order', () => {
    expect(judge(lanes(20, 50n))).toMatchObject({ verdict: 'pass' });
  });

  test('a step back within a lane is not counted again across', () => {
    const history = lanes(19, 150n).batch({ node: 'n1', lane: 1, at: 40, ids: [140n] });
    expect(judge(history).violations).toBe(1);
  });
});
