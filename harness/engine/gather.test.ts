import { expect, test } from 'vitest';
import { LAYOUT } from '../checkers/shared/history-builder.ts';
import type { LaneCount } from '../core/store.ts';
import type { Drained } from './collector.ts';
import type { StoreSources } from './gather.ts';
import { gatherFromStore } from './gather.ts';
import { RunBuilder } from './slo-facts-for-tests.ts';

const lane = { node: 'n1', incarnation: 1, lane: 0 };

/** A drained run of one lane, of which the store holds so much. */
async function gathered(held: Omit<LaneCount, keyof typeof lane>) {
  const stored = { ...lane, ...held };
  const drained: Drained = {
    ...{ minted: [{ ...lane, ids: 100n }], stored: [stored], batches: 10, tornBytes: 0, leaseLogs: [], problems: [] },
    doubled: held.ids > held.positions || held.inBatches > held.positions ? [stored] : [],
  };
  const sources = {
    store: { sql: {}, bytes: () => Promise.resolve(undefined) },
    collector: { drain: () => Promise.resolve(drained) },
    ...{ journal: [], newRequests: undefined, nodes: ['n1'], origin: { monotonicNs: '0', unixMs: 0, errorNs: 0 } },
    header: { scenario: new RunBuilder(['n1']).build().scenario, generator: { layout: LAYOUT, promises: [] } },
    checkers: new Map(),
  } as unknown as StoreSources;
  return gatherFromStore(sources);
}

test('a store that holds each position once is asked', async () => {
  const { source, doubts } = await gathered({ ids: 100n, inBatches: 100n, positions: 100n });
  expect(source).toBeDefined();
  expect(doubts).toEqual([]);
});

test('a store that holds positions twice is not asked, and it is said what to do', async () => {
  const { source, doubts, minted, stored } = await gathered({ ids: 130n, inBatches: 130n, positions: 100n });
  expect(source).toBeUndefined();
  expect([minted[0]?.ids, stored[0]?.ids]).toEqual([100n, 130n]);
  expect(doubts).toEqual([
    {
      reason: 'evidence not whole',
      scope: 'n1',
      detail: expect.stringMatching(
        /holds 130 IDs of n1.*at 100 positions: some of them twice.*Delete the store/,
      ) as unknown,
    },
  ]);
});

test('a store that holds more than a tap that was cut short is asked: each position is held once', async () => {
  const { source } = await gathered({ ids: 120n, inBatches: 120n, positions: 120n });
  expect(source).toBeDefined();
});
