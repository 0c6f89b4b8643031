import { expect, test } from 'vitest';
import { readK6Line } from './k6-lines.ts';

const request = (rest: string) => readK6Line(`@ 1 42 1795356139310123 20417 ${rest}`);

test('an answer that was compared: its place, its ends, and its digest in the order of its bytes', () => {
  expect(request('o - 2/0/4096/50 18446744073709551615 7 e3f3df153f75b473')).toEqual({
    kind: 'request',
    request: {
      node: 1,
      number: 42,
      sentUs: 1_795_356_139_310_123,
      latencyUs: 20_417,
      reply: {
        status: 'ok',
        incarnation: 2,
        lane: 0,
        firstSeq: 4096,
        count: 50,
        received: { first: 2n ** 64n - 1n, last: 7n, digest: 0x73b4753f15dff3e3n },
      },
    },
  });
});

test.each([
  ['o - 1/0/0/5 - - -', { status: 'ok', incarnation: 1, lane: 0, firstSeq: 0, count: 5 }],
  ['r clock%20behind - - - -', { status: 'refused', reason: 'clock behind' }],
  ['e HTTP%20502 - - - -', { status: 'error', reason: 'HTTP 502' }],
  ['n timeout - - - -', { status: 'no answer', reason: 'timeout' }],
])('%s', (line, reply) => {
  expect(request(line)).toMatchObject({ request: { reply } });
});

test('a digest of 0 means that nothing was compared, and no answer has it', () => {
  expect(request('o - 1/0/0/1 5 5 0000000000000000')).toMatchObject({
    request: { reply: { received: { digest: 1n } } },
  });
});

test('the beginning, and the end with the counts of each node', () => {
  expect(readK6Line('@begun')).toEqual({ kind: 'begun' });
  expect(readK6Line('@end [[100,0],[90,10]]')).toEqual({
    kind: 'end',
    counts: [
      { iterations: 100, dropped: 0 },
      { iterations: 90, dropped: 10 },
    ],
  });
});

test('what k6 says itself is none of its lines', () => {
  expect(readK6Line('Insufficient VUs, reached 5 active VUs')).toMatchObject({ kind: 'said' });
});

test.each([
  '@ 1 42 17953561393',
  '@ 1 42 1795356139310123 20417 o - 2/0/4096/50 1 2 e3f3',
  '@ 1 42 1795356139310123 20417 o - - - - -',
  '@ 1 42 1795356139310123 20417 n timeout 1/0/0/5 - - -',
  '@ 1 42 -5 20417 n timeout - - - -',
  '@end [[100',
  '@end [[100,null]]',
  '@end [[100]]',
  '@@ 1 42',
])('half a line is told from a whole one: %s', (text) => {
  expect(readK6Line(text)).toEqual({ kind: 'unreadable', text });
});
