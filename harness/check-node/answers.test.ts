import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idBytes, placeOf } from './answers.ts';
import type { Answered } from './answers.ts';
import { verdictOf } from './check-node.ts';
import { fieldProblems } from './health-answer.ts';

function answer(as: Answered['as'], body: Buffer): Answered {
  return { path: '/ids', asked: 1, as, sentNs: 0n, cameNs: 1n, reply: { status: 200, headers: {}, body } };
}

const jsonOf = (ids: readonly unknown[]): Buffer => Buffer.from(JSON.stringify({ ids }));

test.each([64, 128] as const)('IDs of %s bits as text and as bytes are the same bytes', (idBits) => {
  const id = fc.bigInt({ min: 0n, max: 2n ** BigInt(idBits) - 1n });
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      const bytes = Buffer.alloc((ids.length * idBits) / 8);
      for (const [at, each] of ids.entries())
        for (let i = 0; i < idBits / 8; i++) bytes[(at * idBits) / 8 + i] = Number((each >> BigInt(8 * i)) & 255n);
      expect(idBytes(answer('json', jsonOf(ids.map(String))), idBits)).toEqual(bytes);
      expect(idBytes(answer('bytes', bytes), idBits)).toEqual(bytes);
    }),
  );
});

test.each([
  ['a number', jsonOf([1]), 'the ID 1, which'],
  ['a leading zero', jsonOf(['01']), 'the ID "01"'],
  ['a sign', jsonOf(['-1']), 'the ID "-1"'],
  ['65 bits', jsonOf([String(2n ** 64n)]), 'more than 64 bits'],
  ['no array', Buffer.from('{"ids":"1"}'), "no JSON object with an array 'ids'"],
  ['HTML', Buffer.from('<html>'), '<html>'],
])('%s is no ID as text', (_, body, says) => {
  expect(idBytes(answer('json', body), 64)).toContain(says);
});

test('half an ID is none', () => {
  expect(idBytes(answer('bytes', Buffer.alloc(12)), 64)).toContain('12 bytes');
  expect(idBytes(answer('bytes', Buffer.alloc(24)), 128)).toContain('24 bytes');
});

test.each([
  ['2/0/18446744073709551615/1', { incarnation: 2, lane: 0, firstSeq: 18446744073709551615n, count: 1 }],
  ['2/0/5', undefined],
  ['2/0/-5/1', undefined],
  ['2/0/5/1 ', undefined],
])('the header %s names the place %o', (header, place) => {
  expect(placeOf({ headers: { 'snowglobe-seq': header } })).toEqual(place);
});

test('what is missing in a health is told, with the reason of one that does not mint', () => {
  expect(fieldProblems({ protocol: 1, status: 'waiting', incarnation: 1, wallMs: 1, monotonicNs: '1' })).toEqual([
    'minted is missing',
    'reason is missing beside waiting',
  ]);
});

test.each([
  [['ok', 'ok'], 'pass'],
  [['ok', 'not judged'], 'unknown'],
  [['not judged', 'failed'], 'fail'],
  [[], 'unknown'],
] as const)('of %j the verdict is %s', (verdicts, verdict) => {
  expect(verdictOf(verdicts.map((each) => ({ verdict: each })))).toBe(verdict);
});
