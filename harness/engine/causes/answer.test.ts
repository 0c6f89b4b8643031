import { expect, test } from 'vitest';
import type { RequestSpec } from '../../checkers/shared/history-builder.ts';
import { HistoryBuilder } from '../../checkers/shared/history-builder.ts';
import { throughNumber } from '../../core/received-ids.ts';
import { batch, witnesses } from '../explain-for-tests.ts';

const IDS = [2n ** 62n + 1n, 2n ** 62n + 2n, 2n ** 62n + 1024n];

const causeOf = (ids: readonly bigint[], firstSeq = 0) => causeWhere(IDS, { firstSeq, ids });

const causeWhere = (minted: readonly bigint[], answer: NonNullable<RequestSpec['answer']>) => {
  const history = new HistoryBuilder()
    .batch(batch('n1', 10, { ids: minted }))
    .request({ node: 'n1', at: 10, takesMs: 1, status: 'ok', answer });
  return witnesses({ guarantee: 'faithful-encoding' }, history).map(({ cause }) => cause);
};

test('an answer that two clients got is told from one that was changed', () => {
  const history = new HistoryBuilder().batch(batch('n1', 10, { ids: IDS }));
  for (const at of [10, 20])
    history.request({ node: 'n1', at, takesMs: 1, status: 'ok', answer: { firstSeq: 0, ids: IDS } });
  const [witness, ...others] = witnesses({ guarantee: 'faithful-encoding' }, history);
  expect(others).toEqual([]);
  expect(witness?.cause).toBe('one place acknowledged to two clients');
  expect(witness?.what).toContain('Two clients received what n1 minted once');
});

test('what a JavaScript number leaves of both ends is told from any other change', () => {
  expect(causeOf(IDS)).toEqual([]);
  expect(causeOf(IDS.map(throughNumber))).toEqual(['changed on the way: 64 bits through a JS number']);
  expect(causeOf(IDS.map((id) => id + 1n))).toEqual(['changed on the way']);
  // Both ends are as they were minted: nothing tells what became of the one between.
  expect(causeOf(IDS.with(1, 5n))).toEqual(['changed on the way']);
  expect(causeOf(IDS, 3)).toEqual(['acknowledged and never minted']);
});

test('IDs that were numbers above 2^53 before they were minted lost digits as well, although both ends are the same', () => {
  const ids = IDS.map(throughNumber);
  expect(causeWhere(ids, { firstSeq: 0, ids, inNumbers: true })).toEqual([
    'changed on the way: 64 bits through a JS number',
  ]);
  const small = [1n, 2n ** 62n + 3n, 3n];
  expect(causeWhere(small, { firstSeq: 0, ids: small.with(1, 9n) })).toEqual(['changed on the way']);
});
