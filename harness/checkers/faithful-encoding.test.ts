import { expect, test } from 'vitest';
import type { History } from '../core/history.ts';
import faithful from './faithful-encoding.ts';
import type { RequestSpec } from './shared/history-builder.ts';
import { HistoryBuilder, LAYOUT } from './shared/history-builder.ts';

/** n1 minted 100 to 109 in one call, then 110 to 114 in another. */
const minted = (): HistoryBuilder =>
  new HistoryBuilder()
    .batch({ node: 'n1', at: 10, ids: range(100n, 10) })
    .batch({ node: 'n1', at: 20, ids: range(110n, 5) });

const range = (from: bigint, count: number): bigint[] => Array.from({ length: count }, (_, i) => from + BigInt(i));

const answered = (
  firstSeq: number,
  ids: readonly bigint[],
  more: Partial<RequestSpec['answer']> = {},
): RequestSpec => ({
  node: 'n1',
  at: 10,
  takesMs: 5,
  status: 'ok',
  answer: { firstSeq, ids, ...more },
});

const judge = (history: History) => faithful.fold(history, { guarantee: 'faithful-encoding' });
const judged = (...requests: readonly RequestSpec[]) =>
  judge(requests.reduce((builder, request) => builder.request(request), minted()).build());

test('what clients received is what was minted: all IDs of a call, or a part of them', () => {
  const found = judged(answered(0, range(100n, 5)), answered(5, range(105n, 3)), answered(10, range(110n, 5)));
  expect(found).toMatchObject({ verdict: 'pass', checked: 3, unit: 'answers', violations: 0, undecided: 0 });
});

test('what was minted and never answered is no matter of this guarantee', () => {
  expect(judged(answered(0, range(100n, 10)))).toMatchObject({ verdict: 'pass', checked: 1 });
});

test('where nothing is compared, nothing is known', () => {
  const refused: RequestSpec = { node: 'n1', at: 1, status: 'refused' };
  expect(judged(refused)).toMatchObject({ verdict: 'unknown', checked: 0 });
});

test('one ID in the middle that is another is enough, and the witness shows both', () => {
  const found = judged(answered(0, range(100n, 10).with(4, 7n)));
  expect(found).toMatchObject({ verdict: 'fail', checked: 1, violations: 1 });
  const [witness] = found.witnesses;
  expect(witness).toMatchObject({ received: { first: '100', last: '109' }, at: 15_000_000 });
  expect(witness?.sightings.map(({ seq, id }) => [seq, id])).toEqual([
    [0, '100'],
    [9, '109'],
  ]);
  expect(witness?.what).toBe(
    'n1 minted 100 to 109 at positions 0 to 9 of lane 0, and its client received 100 to 109, with others between them.',
  );
});

test('an answer in numbers above 2^53 is not what was minted, although a client in JavaScript reads the same', () => {
  const ids = [2n ** 60n, 2n ** 60n + 256n];
  const judgedAs = (request: RequestSpec) =>
    judge(new HistoryBuilder().batch({ node: 'n1', at: 10, ids }).request(request).build());
  expect(judgedAs(answered(0, ids))).toMatchObject({ verdict: 'pass' });
  const found = judgedAs(answered(0, ids, { inNumbers: true }));
  expect(found).toMatchObject({ verdict: 'fail', checked: 1, violations: 1 });
  expect(found.witnesses[0]?.what).toBe(
    'n1 minted 1152921504606846976 to 1152921504606847232 at positions 0 to 1 of lane 0, and its client received ' +
      '1152921504606846976 to 1152921504606847232, as numbers of JSON: above 2^53 those are not the same to everybody who reads them (RFC 8259).',
  );
});

test.each([
  ['in another order', answered(0, range(100n, 10).reverse())],
  ['one place on', answered(1, range(100n, 9))],
])('the right IDs %s are not what was minted there', (_how, answer) => {
  expect(judged(answer)).toMatchObject({ verdict: 'fail', violations: 1 });
});

test.each([
  ['behind the last ID', answered(15, range(115n, 2))],
  ['over its end', answered(12, range(112n, 5))],
  ['by two calls', answered(5, range(105n, 10))],
  ['in a life that minted nothing', answered(0, range(100n, 10), { incarnation: 2 })],
  ['in a lane that minted nothing', answered(0, range(100n, 10), { lane: 1 })],
])('acknowledged %s and never minted there', (_where, answer) => {
  const found = judged(answer);
  expect(found).toMatchObject({ verdict: 'fail', violations: 1, undecided: 0 });
  expect(found.witnesses[0]).toMatchObject({ sightings: [], at: 15_000_000 });
  expect(found.witnesses[0]?.what).toMatch(
    /^A client received 1\d\d to 1\d\d for positions .* where nothing was minted\.$/,
  );
});

test.each([
  ['the whole of it', answered(0, range(100n, 10))],
  ['its end', answered(7, range(107n, 3))],
  ['a part within', answered(3, range(103n, 2))],
  ['its beginning, before it', { ...answered(0, range(100n, 2)), at: 1 }],
])('one place acknowledged to two clients is broken once, and both requests are told: %s', (_what, again) => {
  const found = judged({ ...answered(0, range(100n, 10)), at: 11 }, again);
  expect(found).toMatchObject({ verdict: 'fail', checked: 2, violations: 1 });
  expect(found.witnesses[0]?.what).toContain('Two clients received what n1 minted once, in lane 0: one ');
  const { received, receivedBefore, at } = found.witnesses[0]!;
  expect(received).not.toBeUndefined();
  expect(receivedBefore!.at).toBeLessThanOrEqual(at);
});

test('the witness of two clients names what each was told, the earlier first', () => {
  const [witness] = judged({ ...answered(7, range(107n, 3)), at: 30 }, answered(0, range(100n, 10))).witnesses;
  expect(witness).toMatchObject({
    what: 'Two clients received what n1 minted once, in lane 0: one 100 to 109 for positions 0 to 9, asked for at 0.010 s and received at 0.015 s, another 107 to 109 for positions 7 to 9, asked for at 0.030 s and received at 0.035 s.',
    received: { first: '107', last: '109' },
    receivedBefore: { first: '100', last: '109', at: 15_000_000 },
    at: 35_000_000,
  });
});

test('three clients at one place are two too many, and one that reaches over two places meets both', () => {
  const one = answered(0, range(100n, 10));
  expect(judged(one, one, one)).toMatchObject({ violations: 2 });
  expect(judged(answered(0, range(100n, 3)), answered(5, range(105n, 5)), one)).toMatchObject({ violations: 2 });
  expect(judged(one, answered(2, range(102n, 3)), answered(7, range(107n, 2)))).toMatchObject({ violations: 2 });
});

test('only who received IDs counts: a refusal, and another life or lane, name no place that is taken', () => {
  const one = answered(0, range(100n, 10));
  const elsewhere = [
    { ...one, status: 'refused' as const },
    { ...one, status: 'no answer' as const },
    answered(0, [], {}),
  ];
  expect(judged(one, ...elsewhere)).toMatchObject({ verdict: 'pass', violations: 0 });
  const builder = minted()
    .batch({ node: 'n1', at: 30, lane: 1, ids: range(200n, 3) })
    .batch({ node: 'n1', at: 40, incarnation: 2, ids: range(300n, 3) });
  for (const answer of [one, answered(0, range(200n, 3), { lane: 1 }), answered(0, range(300n, 3), { incarnation: 2 })])
    builder.request(answer);
  expect(judge(builder.build())).toMatchObject({ verdict: 'pass', checked: 3, violations: 0 });
});

test('of IDs with 128 bits the low 64 are told', () => {
  const layout = { ...LAYOUT, idBits: 128 as const };
  const [id, other] = [(5n << 64n) | 7n, (6n << 64n) | 8n];
  const history = new HistoryBuilder(['n1'], layout)
    .batch({ node: 'n1', at: 10, ids: [id] })
    .request(answered(0, [other]))
    .build();
  const found = judge(history);
  expect(found).toMatchObject({ checked: 1, violations: 1 });
  expect(found.witnesses[0]?.what).toBe(
    `n1 minted ${id} at position 0 of lane 0, and its client received 8 (the low 64 bits).`,
  );
});

test('where evidence is missing, an ID that is not there accuses nobody; one that is another does', () => {
  const builder = minted()
    .request(answered(15, range(115n, 2)))
    .request(answered(1, range(101n, 9)));
  const history: History = { ...builder.build(), incomplete: true };
  expect(judge(history)).toMatchObject({ verdict: 'pass', checked: 2, violations: 0, undecided: 1 });
  const changed: History = { ...builder.request(answered(0, [99n])).build(), incomplete: true };
  expect(judge(changed)).toMatchObject({ verdict: 'fail', violations: 1, undecided: 1 });
});
