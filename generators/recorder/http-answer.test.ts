import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BODY_MAX, HttpAnswer, NoAnswer } from './http-answer.ts';

/** Whether it is whole after each piece. */
function feed(pieces: readonly (string | Buffer)[]): { answer: HttpAnswer; whole: boolean[] } {
  const answer = new HttpAnswer();
  return { answer, whole: pieces.map((piece) => answer.push(Buffer.from(piece))) };
}

/** Cut anywhere. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const ends = [...new Set(places.map((place) => place % bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, at) => bytes.subarray(at === 0 ? 0 : ends[at - 1], end)).filter(({ length }) => length > 0);
};

describe('what a server of Node answers is read as it was sent, however it is cut', () => {
  const answers: readonly [string, boolean, (response: ServerResponse, body: Buffer) => void][] = [
    ['with its length', true, (response, body) => response.end(body)],
    [
      'in chunks',
      true,
      (response, body) => {
        for (let at = 0; at < body.length; at += 7) response.write(body.subarray(at, at + 7));
        response.addTrailers({ later: 'yes' });
        response.end();
      },
    ],
    [
      'to the end of the connection',
      false,
      (response, body) => {
        response.useChunkedEncodingByDefault = false;
        response.setHeader('connection', 'close').removeHeader('content-length');
        response.write(body);
        response.end();
      },
    ],
    ['after a provisional answer', true, (response, body) => response.writeProcessing() ?? response.end(body)],
  ];
  test.each(answers)('%s', async (_, keepAlive, answer) => {
    const body = Buffer.from(Array.from({ length: 60 }, (__, at) => (at * 37) % 256));
    const sent = await bytesOf((response) => answer(response, body));
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (places) => {
        const read = feed(cut(sent, places));
        if (!read.whole.at(-1)) expect(read.answer.ended()).toBe(true);
        expect(read.whole.slice(0, -1)).not.toContain(true);
        expect(read.answer).toMatchObject({ status: 200, keepAlive });
        expect(read.answer.headers.get('x-kind')).toBe('a test: yes');
        expect(read.answer.body.equals(body)).toBe(true);
      }),
    );
  });
});

/** The bytes by which a server of Node answers. */
async function bytesOf(answer: (response: ServerResponse) => void): Promise<Buffer> {
  const server = createServer((_, response) => {
    response.setHeader('X-Kind', 'a test: yes');
    answer(response);
  });
  server.keepAliveTimeout = 50;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.end('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  server.close();
  return Buffer.concat(parts);
}

test('an answer is whole with its last byte and not before', () => {
  expect(feed(['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n', '1', '2']).whole).toEqual([false, false, true]);
  expect(feed(['HTTP/1.1 204 No Content\r\n\r\n']).whole).toEqual([true]);
  const chunked = feed(['HTTP/1.1 200\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n7\r\n', '0\r\n', '\r\n']);
  expect(chunked.whole).toEqual([false, false, false, true]);
  expect(chunked.answer.body.toString()).toBe('7');
});

test('one that is cut short is not whole', () => {
  expect(feed(['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n123']).answer.ended()).toBe(false);
  expect(feed(['HTTP/1.1 200 OK\r\ncontent-le']).answer.ended()).toBe(false);
  expect(feed(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n12']).answer.ended()).toBe(false);
});

test.each([
  ['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 0\r\n\r\n', false],
  ['HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', false],
  ['HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n', false],
])('whether the connection may be used again: %j', (text, keepAlive) => {
  expect(feed([text]).answer.keepAlive).toBe(keepAlive);
});

test.each([
  ['SSH-2.0-OpenSSH_9.2', 'does not speak HTTP/1.1'],
  ['HTTP/2 200\r\n\r\n', 'does not speak HTTP/1.1'],
  ['HTTP/1.1 yes\r\n\r\n', 'does not speak HTTP/1.1'],
  ['HTTP/1.1 200 OK\nx: 1\n\n7', 'ends the lines of its head with \\n alone, and HTTP/1.1 wants \\r\\n'],
  ['HTTP/1.1 200 OK\r\ncontent-length: -4\r\n\r\n', 'answered the content-length "-4"'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n', 'answered chunks without a length'],
  [`HTTP/1.1 200 OK\r\ncontent-length: ${BODY_MAX + 1}\r\n\r\n`, 'answered without an end: a body of more than 16 MiB'],
  [`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}`, 'answered a head of more than 65536 bytes'],
])('what is no answer is told: %#', (text, message) => {
  expect(() => feed([text])).toThrow(new NoAnswer(message));
});

test('a body without an end is given up', () => {
  const piece = Buffer.alloc(1024 * 1024);
  const endless = ['HTTP/1.1 200 OK\r\n\r\n', ...Array<Buffer>(17).fill(piece)];
  expect(() => feed(endless)).toThrow('answered without an end');
});
