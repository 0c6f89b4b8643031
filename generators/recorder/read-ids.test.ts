import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdForm, IdsIn } from '../../harness/core/node-program.ts';
import { IdBuffer } from './id-buffer.ts';
import { idsReaderOf } from './read-ids.ts';

const JSON_TYPE = 'application/json';

/** The IDs of an answer's body, of 64 bits where nothing else is said. */
function read(
  where: IdsIn,
  body: string | Buffer,
  { form = 'decimal', idBits = 64, type = '' }: { form?: IdForm; idBits?: 64 | 128; type?: string } = {},
): { ids: bigint[]; inexact: readonly number[] } {
  const into = new IdBuffer(idBits === 64 ? 1 : 2);
  idsReaderOf(where, form, idBits).read({ type, body: Buffer.from(body) }, into);
  return { ids: idsOf(into), inexact: into.inexact };
}

function idsOf(into: IdBuffer): bigint[] {
  const words = into.words();
  return Array.from({ length: into.length }, (_, at) =>
    into.perId === 1 ? words[at]! : (words[2 * at + 1]! << 64n) | words[2 * at]!,
  );
}

const bits = (count: 64 | 128) => fc.bigInt({ min: 0n, max: (1n << BigInt(count)) - 1n });
const lists = (count: 64 | 128) => fc.array(bits(count), { minLength: 1, maxLength: 200 });

describe('any list of IDs comes out of an answer bit for bit', () => {
  const ways: readonly [what: string, IdsIn, (ids: readonly bigint[], bits: 64 | 128) => string | Buffer][] = [
    ['numbers of JSON', 'auto', (ids) => `{"ids":[${ids.join(', ')}]}`],
    ['strings of JSON', 'auto', (ids) => JSON.stringify({ ids: ids.map(String) })],
    ['a list of JSON', 'auto', (ids) => `[${ids.join()}]`],
    ['lines', 'auto', (ids) => ids.join('\r\n')],
    ['lines, said so', 'text', (ids) => `${ids.join('\n')}\n`],
    ['a pointer to a list', 'json:/data/all', (ids) => `{"data":{"all":[${ids.join()}]}}`],
    ['a pointer to each', 'json:/data/*/id', (ids) => `{"data":[${ids.map((id) => `{"id":"${id}"}`).join()}]}`],
    ['a pattern', 'text:id=(\\d+)', (ids) => ids.map((id) => `<a>id=${id}</a>`).join('')],
    ['bytes', 'bytes', (ids, size) => Buffer.concat(ids.map((id) => bytesOf(id, size)))],
    ['bytes, low one first', 'bytes-le', (ids, size) => Buffer.concat(ids.map((id) => bytesOf(id, size).reverse()))],
  ];
  test.each(ways)('%s', (_, where, write) => {
    for (const size of [64, 128] as const)
      fc.assert(
        fc.property(lists(size), (ids) => {
          expect(read(where, write(ids, size), { idBits: size }).ids).toEqual(ids);
        }),
        { numRuns: 30 },
      );
  });
});

function bytesOf(id: bigint, size: 64 | 128): Buffer {
  return Buffer.from(id.toString(16).padStart(size / 4, '0'), 'hex');
}

test('an ID by itself is text, or JSON where that is what the answer says it is', () => {
  expect(read('auto', ' 123\n')).toEqual({ ids: [123n], inexact: [] });
  expect(read('auto', '"123"').ids).toEqual([123n]);
  expect(read('auto', '9007199254740993').inexact).toEqual([]);
  expect(read('auto', '9007199254740993', { type: JSON_TYPE })).toEqual({ ids: [9007199254740993n], inexact: [0] });
});

test('numbers of JSON above 2^53 are told from all others', () => {
  const { ids, inexact } = read(
    'auto',
    '[1, "9007199254740993", 9007199254740991, 9007199254740993, -9007199254740993]',
  );
  expect(ids.map((id) => BigInt.asIntN(64, id))).toEqual([
    1n,
    9007199254740993n,
    9007199254740991n,
    9007199254740993n,
    -9007199254740993n,
  ]);
  expect(inexact).toEqual([3, 4]);
  // Of a text a digest is kept, which is no number of the answer.
  expect(read('auto', '[7, 9007199254740993]', { form: 'text', idBits: 128 }).inexact).toEqual([1]);
});

test('sentinels are IDs: whoever judges them has to see them', () => {
  expect(read('auto', '{"ids":[0,-1,"0","-1"]}').ids).toEqual([0n, 2n ** 64n - 1n, 0n, 2n ** 64n - 1n]);
});

test('a pointer reads ~ and / in keys, and reads nothing where a list is empty', () => {
  expect(read('json:/a~1b/~0/0', '{"a/b":{"~":[7]}}').ids).toEqual([7n]);
  expect(read('json:', '[7]').ids).toEqual([7n]);
  expect(read('json:/ids', '{"ids":[]}').ids).toEqual([]);
  expect(read('json:/*', '{"a":1,"b":2}').ids).toEqual([1n, 2n]);
});

test('what a pattern matches beside its group is no ID', () => {
  expect(read('text:id=(\\S+)|wait', 'id=7 wait id=8').ids).toEqual([7n, 8n]);
  expect(() => read('text:id=(\\S+)|wait', 'wait', { form: 'text', idBits: 128 })).toThrow('matches nowhere');
});

test('bytes that are no UTF-8 are no text: they would all be the same ID', () => {
  const reader = idsReaderOf('auto', 'text', 128);
  const bytes = { type: '', body: Buffer.from([0x80, 0x81]) };
  expect(() => reader.read(bytes, new IdBuffer(2))).toThrow('answered bytes where text should be');
});

describe('what is no ID says what came in its place', () => {
  test.each<[IdsIn, string, string, Parameters<typeof read>[2]?]>([
    ['auto', '', 'answered nothing: the body is empty'],
    ['auto', '<!doctype html><h1>Hi</h1>', 'answered HTML or XML in place of IDs: "<!doctype html><h1>Hi</h1>"'],
    ['auto', 'no worker ID left', 'answered what is no ID: "no worker ID left" is no decimal number'],
    [
      'auto',
      '{"jsonrpc":"2.0","result":"7","id":1}',
      'answered JSON-RPC, whose id is that of the request; ask.ids: json:/result',
    ],
    [
      'auto',
      'no worker',
      'answered what is no ID: "no worker" has blanks in it, as no ID has',
      { form: 'text', idBits: 128 },
    ],
    [
      'auto',
      '{"error":"busy","code":7}',
      'answered JSON without id or ids: there is an object with the keys error, code; ask.ids says where IDs are, as in json:/data/id',
    ],
    ['auto', '{"id":null}', 'answered no ID where one should be at /id: there is null'],
    ['auto', '{"id":""}', 'answered what is no ID at /id: "" is empty'],
    ['auto', '{"id":true}', 'answered no ID where one should be at /id: there is true'],
    [
      'auto',
      '{"ids":[1,{"id":2}]}',
      'answered no ID where one should be at /ids/1: there is an object with the keys id',
    ],
    ['auto', '{"id":1.0}', 'answered a number that is no ID at /id: 1.0 is not whole digits'],
    ['auto', '{"id":1e3}', 'answered a number that is no ID at /id: 1e3 is not whole digits'],
    ['auto', '{"id":5}', 'answered a JSON number where IDs of the form hex should be at /id', { form: 'hex' }],
    [
      'auto',
      '{"id":18446744073709551616}',
      'answered what is no ID at /id: "18446744073709551616" does not fit in the 64 bits of the layout',
    ],
    ['auto', '{"id":', 'answered what is no JSON: "{\\"id\\":"'],
    ['json:/data/id', '{"id":5}', 'answered JSON that has nothing at /data/id: there is an object with the keys id'],
    [
      'json:/a/*/id',
      '{"a":[{"id":5},{"x":1}]}',
      'answered JSON that has nothing at /a/*/id: there is an object with the keys x at /a/1',
    ],
    ['text:id=(\\d+)', 'id: 5', 'answered a text in which /id=(\\d+)/ matches nowhere: "id: 5"'],
    ['bytes', 'Oh no, an error', 'answered bytes that are no whole IDs: 15 are no multiple of 8'],
    ['bytes', 'an error', 'answered text/plain where bytes should be: "an error"', { type: 'text/plain' }],
  ])('%s: %j', (where, body, message, options) => {
    expect(() => read(where, body, options)).toThrow(
      expect.objectContaining({ name: 'ServiceFault', message: `the service ${message}` }),
    );
  });

  test('what was read before it is kept', () => {
    const into = new IdBuffer(1);
    const reader = idsReaderOf('auto', 'decimal', 64);
    expect(() => reader.read({ type: '', body: Buffer.from('[7, 8, null]') }, into)).toThrow('at /2');
    expect(idsOf(into)).toEqual([7n, 8n]);
  });

  test('a long answer is cut where it is quoted', () => {
    expect(() => read('auto', 'x'.repeat(1e6))).toThrow(/^.{0,200}$/);
  });
});

describe('in an answer that says that there is no ID', () => {
  const left = (where: IdsIn, body: string, form: IdForm = 'decimal'): bigint[] => {
    const into = new IdBuffer(form === 'text' ? 2 : 1);
    idsReaderOf(where, form, form === 'text' ? 128 : 64).readFromError({ type: '', body: Buffer.from(body) }, into);
    return idsOf(into);
  };

  test('one that stands where IDs were said to stand is one', () => {
    expect(left('json:/data/id', '{"data":{"id":"8"}}')).toEqual([8n]);
    expect(left('text:id=(\\d+)', 'late: id=9')).toEqual([9n]);
  });

  test.each<[IdsIn, string, IdForm?]>([
    ['auto', '503'],
    ['auto', '[503]'],
    ['auto', '{"status":503}'],
    ['auto', '{"error":"not ready","id":7}'],
    ['auto', '{"id":"request 7"}'],
    ['auto', '{"id":"7f"}', 'text'],
    ['text', '503'],
    ['bytes', 'an error'],
    ['json:/id', '<html>'],
    ['text:id=(\\d+)', 'late'],
  ])('what tells of the error is none: %s %j', (where, body, form) => {
    expect(left(where, body, form)).toEqual([]);
  });
});
