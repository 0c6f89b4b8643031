/**
 * Laws that every checker keeps, on random histories of honest holders with faults planted among them.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HistoryBuilder, LAYOUT } from '../checkers/shared/history-builder.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { BatchColumns, History } from '../core/history.ts';
import type { Guarantee } from '../core/guarantee.ts';
import { OPAQUE_64, wordsPerId } from '../core/layout.ts';
import { unjudgeable } from '../core/scope.ts';
import { createRng } from '../core/random.ts';
import { loadCheckers } from '../registry.ts';
import { PROMISES } from './promises.ts';
import type { Plant } from './random-history.ts';
import { LONG_LAYOUT, PLANTS, randomHistory as historyOf } from './random-history.ts';
import { withMovedKeys, withoutLayout, withoutNames } from './retold-history.ts';

const checkers = await loadCheckers();
/** To make a history takes eight times as long as to judge it: every promise is tried on the same ones. */
const RUNS = { numRuns: 60, seed: fc.sample(fc.integer(), 1)[0]! };
const histories = new Map<string, History>();
/** IDs of 64 and of 128 bits in turn. */
function randomHistory(seed: number, planted: readonly Plant[] = []): History {
  const key = [seed, ...planted].join(', ');
  const history = histories.get(key) ?? historyOf(seed, planted, seed % 2 === 0 ? LAYOUT : LONG_LAYOUT);
  histories.set(key, history);
  return history;
}
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const plants = fc.subarray([...PLANTS], { minLength: 1, maxLength: 4 });

/** A plant that breaks the guarantee in many histories. */
const BROKEN_BY: Readonly<Record<Guarantee, Plant>> = {
  unique: 'copied ID',
  'increasing-per-node': 'copied ID',
  'increasing-across-lives': 'successor behind',
  'owns-worker-id': 'late batch',
  'time-honest': 'clock elsewhere',
  'well-formed': 'foreign worker field',
  'fails-closed': 'sentinel',
  'faithful-encoding': 'changed answer',
  recovers: 'silence',
};

test('there is a checker for every guarantee, and a promise to try it with', () => {
  expect([...checkers.keys()].sort()).toEqual([...new Set(PROMISES.map(({ guarantee }) => guarantee))].sort());
});

describe.each(PROMISES.map((promise) => [nameOf(promise), promise] as const))('%s', (_name, promise) => {
  const checker = checkers.get(promise.guarantee)!;

  test('an empty history proves nothing', () => {
    expect(checker.fold(new HistoryBuilder().build(), promise)).toMatchObject({ verdict: 'unknown', checked: 0 });
  });

  test('honest histories pass', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(checker.fold(randomHistory(seed), promise)).toMatchObject({
          verdict: 'pass',
          violations: 0,
          undecided: 0,
        });
      }),
      RUNS,
    );
  });

  test('honest histories of unknown layout are not accused', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const found = checker.fold(withoutLayout(randomHistory(seed)), promise);
        expect(found).toMatchObject({ violations: 0, undecided: 0 });
        const goesByFields = unjudgeable(promise.guarantee, { layout: OPAQUE_64 }) !== undefined;
        expect(found.verdict).toBe(goesByFields ? 'unknown' : 'pass');
      }),
      RUNS,
    );
  });

  test('honest histories whose keys were moved to other leases are not accused', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const moved = withMovedKeys(randomHistory(seed), createRng(seed));
        expect(checker.fold(moved, promise)).toMatchObject({ verdict: 'pass', violations: 0 });
      }),
      RUNS,
    );
  });

  test('honest histories without names are not accused', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { verdict, undecided, ...found } = checker.fold(withoutNames(randomHistory(seed)), promise);
        expect({ verdict, ...found }).toMatchObject({ verdict: undecided > 0 ? 'unknown' : 'pass', violations: 0 });
      }),
      RUNS,
    );
  });

  test('the order in which batches arrive does not matter', () => {
    fc.assert(
      fc.property(seeds, plants, (seed, planted) => {
        const history = randomHistory(seed, planted);
        expect(checker.fold(rearranged(history, seed + 1), promise)).toEqual(checker.fold(history, promise));
      }),
      RUNS,
    );
  });

  test('an honest batch of a node apart accuses nobody', () => {
    fc.assert(
      fc.property(seeds, plants, (seed, planted) => {
        const history = randomHistory(seed, planted);
        const { checked: _, method: __, ...before } = checker.fold(history, promise);
        const { checked: ___, method: ____, ...after } = checker.fold(withBystander(history), promise);
        expect(after).toEqual(before);
      }),
      RUNS,
    );
  });

  test('counts and witnesses agree', () => {
    fc.assert(
      fc.property(seeds, plants, (seed, planted) => {
        const found = checker.fold(randomHistory(seed, planted), promise);
        expect(found.guarantee).toBe(promise.guarantee);
        expect(found.outsideAssumptions).toBeLessThanOrEqual(found.violations);
        expect(found.witnesses.length).toBeLessThanOrEqual(Math.min(WITNESSES_MAX, found.violations));
        expect(found.witnesses.length > 0).toBe(found.violations > 0);
        expect(found.witnesses.map(({ at }) => at)).toEqual(found.witnesses.map(({ at }) => at).sort((a, b) => a - b));
      }),
      RUNS,
    );
  });

  test('what breaks it is caught', () => {
    const plant = BROKEN_BY[promise.guarantee];
    const verdicts = Array.from(
      { length: 40 },
      (_, seed) => checker.fold(randomHistory(seed, [plant]), promise).verdict,
    );
    expect(verdicts.filter((verdict) => verdict === 'fail').length).toBeGreaterThanOrEqual(10);
  });
});

function nameOf(promise: (typeof PROMISES)[number]): string {
  return 'scope' in promise ? `${promise.guarantee}, scope ${promise.scope}` : promise.guarantee;
}

/** The same batches in another order, with the IDs still at their places. */
function rearranged(history: History, seed: number): History {
  const order = createRng(seed).shuffle(Array.from({ length: history.batches.length }, (_, i) => i));
  const column = <Column extends ArrayLike<number | bigint>>(values: Column): Column =>
    (values.constructor as unknown as { from(values: unknown[]): Column }).from(order.map((i) => values[i]));
  const columns = Object.entries(history.batches).map(([name, values]) =>
    typeof values === 'number' ? [name, values] : [name, column(values as Float64Array)],
  );
  return { ...history, batches: Object.fromEntries(columns) as BatchColumns };
}

/** Another node mints one good ID under a worker ID of its own, after everything else. */
function withBystander(history: History): History {
  const { batches, ids } = new HistoryBuilder([...history.nodes, 'bystander'], history.layout)
    .batch({ node: 'bystander', worker: 700, at: 1_000_000, ids: [{ ms: 1_000_000 }] })
    .build();
  const appended = Object.entries(history.batches).map(([name, values]) => {
    const added = batches[name as keyof BatchColumns];
    if (typeof values === 'number' || typeof added === 'number') return [name, history.batches.length + 1];
    return [name, (values.constructor as unknown as { of(...values: unknown[]): unknown }).of(...values, ...added)];
  });
  const columns = Object.fromEntries(appended) as { firstId: Float64Array } & BatchColumns;
  columns.firstId[history.batches.length] = history.ids.length / wordsPerId(history.layout);
  return {
    ...history,
    nodes: [...history.nodes, 'bystander'],
    batches: columns,
    ids: BigUint64Array.of(...history.ids, ...ids),
    health: [...history.health, ...new HistoryBuilder(['bystander']).said('bystander', 1, 'waiting').build().health],
  };
}
