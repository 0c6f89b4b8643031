/**
 * A service that misbehaves on demand. As a program: `node hostile-service-for-tests.ts PORT BEHAVIOUR`.
 *
 * Over bare sockets, because no HTTP server does what it does.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

let minted = 9_007_199_254_740_993n;
const nextId = (): bigint => minted++;

/** Answers one request; its first line is given. */
type Behaviour = (socket: Socket, request: string) => void;

const answer = (status: string, body: string, headers = ''): string =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
const ok =
  (body: () => string, headers?: string): Behaviour =>
  (socket) =>
    socket.write(answer('200 OK', body(), headers));

/** Answers that are kept back until somebody asks again. */
const held: (() => void)[] = [];

export const BEHAVIOURS = {
  good: ok(() => `{"id":"${nextId()}"}`),
  'a hundred at a time': ok(() => JSON.stringify({ ids: Array.from({ length: 100 }, () => String(nextId())) })),
  'as many as asked': (socket, request) => {
    const count = Number(/count=(\d+)/.exec(request)?.[1]);
    socket.write(answer('200 OK', JSON.stringify({ ids: Array.from({ length: count }, () => String(nextId())) })));
  },
  'numbers of JSON': ok(() => `{"id":${nextId()}}`, 'content-type: application/json\r\n'),
  HTML: ok(() => '<!doctype html><title>Welcome</title>', 'content-type: text/html\r\n'),
  'an error text': ok(() => 'worker ID not assigned yet'),
  'an error in JSON': ok(() => '{"code":17,"message":"worker ID not assigned"}'),
  null: ok(() => '{"id":null}'),
  'minus one': ok(() => '-1'),
  nothing: ok(() => ''),
  'not found': (socket) => socket.write(answer('404 Not Found', 'no such page')),
  'an error': (socket) => socket.write(answer('500 Internal Server Error', '{"error":"out of luck"}')),
  'an error with an ID': (socket) =>
    socket.write(answer('500 Internal Server Error', `{"error":"late","id":${nextId()}}`)),
  refusal: (socket) => socket.write(answer('503 Service Unavailable', 'starting')),
  'too many requests': (socket) => socket.write(answer('429 Too Many Requests', '')),
  redirect: (socket) => socket.write(answer('302 Found', '', 'location: /login\r\n')),
  'too many bits': ok(() => '340282366920938463463374607431768211455'),
  closing: (socket) => socket.destroy(),
  'closing in the middle': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":"1'),
  'closing after each': (socket) => {
    socket.write(answer('200 OK', `{"id":"${nextId()}"}`));
    setTimeout(() => socket.destroy(), 5);
  },
  silent: () => undefined,
  'with the next request': (socket) => {
    const id = nextId();
    held.push(() => socket.write(answer('200 OK', `{"id":"${id}"}`)));
  },
  'slow, byte by byte': (socket) => {
    const bytes = answer('200 OK', `{"id":"${nextId()}"}`);
    let at = 0;
    const timer = setInterval(() => {
      if (at === bytes.length || socket.destroyed) clearInterval(timer);
      else socket.write(bytes[at++]!);
    }, 1);
  },
  endless: (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const more = (): void => {
      while (!socket.destroyed && socket.write('1234567890\n'.repeat(6000)));
      if (!socket.destroyed) socket.once('drain', more);
    };
    more();
  },
  'in chunks': (socket) =>
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n"12\r\n2\r\n3"\r\n0\r\n\r\n'),
  'of HTTP/1.0': (socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${nextId()}`),
  'another protocol': (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
  compressed: ok(() => 'x', 'content-encoding: gzip\r\n'),
} satisfies Readonly<Record<string, Behaviour>>;
export type HostileBehaviour = keyof typeof BEHAVIOURS;

export interface HostileService extends AsyncDisposable {
  readonly port: number;
  /** How it answers from now on. */
  behave(how: HostileBehaviour): void;
  /** Requests that it read. */
  readonly requests: readonly string[];
  /** Connections that were made to it. */
  readonly connections: number;
  /** Those of them that are open. */
  readonly open: number;
}

export async function startHostile(port = 0, how: HostileBehaviour = 'good'): Promise<HostileService> {
  let behaviour: Behaviour = BEHAVIOURS[how];
  let connections = 0;
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    let came = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      came += bytes.toString('latin1');
      for (let end = came.indexOf('\r\n\r\n'); end !== -1; end = came.indexOf('\r\n\r\n')) {
        const request = came.slice(0, end);
        came = came.slice(end + 4);
        requests.push(request);
        for (const answerNow of held.splice(0)) answerNow();
        if (request.startsWith('GET /health ')) socket.write(answer('200 OK', 'fine'));
        else behaviour(socket, request);
      }
    });
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    behave: (next) => {
      behaviour = BEHAVIOURS[next];
    },
    requests,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

if (import.meta.main) {
  const [port, how] = process.argv.slice(2) as [string, HostileBehaviour];
  await startHostile(Number(port), how);
}
