/**
 * A server for the store's tests: the one that `SNOWGLOBE_TEST_STORE` names, with `SNOWGLOBE_STORE_USER` and
 * `SNOWGLOBE_STORE_PASSWORD`, or the embedded engine, which answers as a server does and is on every machine that has
 * these tests. And what may lie between: a proxy that speaks TLS, answers 500, stalls and resets.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer, request as forwardTls } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Address } from './connection.ts';
import { startEngine } from './embedded.ts';
import { temporaryFolder } from './store-fixture.ts';
import { parseStoreUrl, PASSWORD_VARIABLE, USER_VARIABLE } from './store-url.ts';

export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:…`, without a database. */
  readonly url: string;
  /** Holds user and password. */
  readonly environment: Readonly<Record<string, string>>;
  readonly address: Address;
  /** A database of no other test; dropped at the end. */
  database(): string;
  /** Of an engine of the test's own: its process. Undefined: a server of somebody's. */
  readonly pid: number | undefined;
  query(sql: string): Promise<string>;
}

export async function startTestServer(): Promise<TestServer> {
  const given = process.env['SNOWGLOBE_TEST_STORE'];
  const folder = given === undefined ? temporaryFolder() : undefined;
  const engine = folder && (await startEngine(folder.path));
  const address = engine?.address ?? parseStoreUrl(given as string, process.env, 'SNOWGLOBE_TEST_STORE').address;
  const databases: string[] = [];
  const query = async (sql: string): Promise<string> => {
    const authorization = `Basic ${Buffer.from(`${address.username}:${address.password}`).toString('base64')}`;
    const reply = await fetch(address.url, { method: 'POST', body: sql, headers: { authorization } });
    const text = await reply.text();
    if (!reply.ok) throw new Error(text);
    return text.trim();
  };
  return {
    url: address.url,
    environment: { [USER_VARIABLE]: address.username, [PASSWORD_VARIABLE]: address.password },
    address,
    database: () => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      databases.push(name);
      return name;
    },
    pid: engine?.pid,
    query,
    async [Symbol.asyncDispose]() {
      if (engine === undefined) for (const name of databases) await query(`DROP DATABASE IF EXISTS ${name}`);
      await engine?.stop();
      folder?.[Symbol.dispose]();
    },
  };
}

/**
 * What becomes of one request: it is passed on; answered 500, or 503 as by a proxy, in place of the server; left without
 * an answer; cut before it arrives, or in the midst of its body; or done, and its answer lost; or done as by
 * a server that knows no tokens.
 */
export type Mishap =
  'none' | 'without tokens' | '500' | '503' | 'stall' | 'reset' | 'reset in its midst' | 'answer lost';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Who trusts this file trusts the certificate: `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
}

/** For 127.0.0.1, signed by itself, made anew: no key lies in the repository. */
export function makeCertificate(folder: string): Certificate {
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const whose = ['-subj', '/CN=snowglobe test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...whose, '-keyout', keyFile, '-out', file], { stdio: 'ignore' });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(file, 'utf8'), file };
}

export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Requests that arrived. */
  readonly requests: readonly { readonly mishap: Mishap; readonly headers: IncomingMessage['headers'] }[];
}

/** `mishapOf` is asked about each request, by its number from 0 and by whether it carries data of a run. */
export async function startProxy(
  target: string,
  mishapOf: (index: number, isInsert: boolean) => Mishap,
  tls?: Certificate,
): Promise<Proxy> {
  const requests: { mishap: Mishap; headers: IncomingMessage['headers'] }[] = [];
  const listener: RequestListener = (incoming, response) => {
    const query = new URL(incoming.url ?? '/', target).searchParams.get('query') ?? '';
    const isInsert = /INSERT INTO (?!\S*snowglobe_probe)/.test(query);
    const mishap = mishapOf(requests.length, isInsert);
    requests.push({ mishap, headers: incoming.headers });
    void happen(mishap, incoming, response, target).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function happen(
  mishap: Mishap,
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
): Promise<void> {
  if (mishap === 'reset') return void incoming.socket.destroy();
  if (mishap === 'reset in its midst') return void incoming.once('data', () => incoming.socket.destroy());
  if (mishap === 'stall') return void incoming.resume();
  const body = await buffer(incoming);
  if (mishap === '500')
    return void response.writeHead(500).end('Code: 210. DB::NetException: the wire is cut. (NETWORK_ERROR)');
  if (mishap === '503') return void response.writeHead(503).end('<html>Service Unavailable</html>');
  const { host: _, ...headers } = incoming.headers;
  const url = new URL(incoming.url ?? '/', target);
  const query = url.searchParams.get('query');
  if (mishap === 'without tokens' && query !== null)
    url.searchParams.set('query', query.replace(/insert_deduplication_token = '\w*'/, 'insert_deduplicate = 0'));
  const outgoing = (url.protocol === 'https:' ? forwardTls : forward)(url, { method: incoming.method, headers });
  outgoing.end(body);
  const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answer = await buffer(reply);
  if (mishap === 'answer lost') return void incoming.socket.destroy();
  response.writeHead(reply.statusCode ?? 500, reply.headers).end(answer);
}
