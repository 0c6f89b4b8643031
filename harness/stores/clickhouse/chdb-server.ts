/**
 * A process of its own around the embedded ClickHouse: a crash of the engine costs this process, never the harness.
 *
 * It answers the part of ClickHouse's HTTP interface that the store uses: a query in the URL or in the body, parameters
 * as `param_NAME`, an INSERT … FROM input(…) FORMAT … with its data in the body, `X-ClickHouse-Exception-Code`
 * on errors, a body that is compressed by zstd, a result that is streamed where it is not waited for
 * (`wait_end_of_query=0`). Basic authentication with the token of the start message; loopback only, on a port that the
 * kernel chose.
 *
 * It ends when its parent closes the channel or dies.
 */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { createZstdDecompress } from 'node:zlib';
import type { Session } from 'chdb';
import { messageOf } from '../../core/errors.ts';
import { INCOMING_FOLDER } from './hand-over.ts';

/** The first message from the parent. */
export interface ChdbStart {
  /** The engine's folder: one process a folder, one folder a process. */
  readonly folder: string;
  readonly token: string;
  readonly memoryBytes: number;
}

/** The only message to the parent. */
export type ChdbStarted =
  | { readonly port: number; readonly chdb: string; readonly clickhouse: string }
  | { readonly failed: string; readonly step: 'load' | 'open' };

/** ClickHouse's own numbers. */
const CODE = {
  unknownSetting: 115,
  unknownParameter: 456,
  authenticationFailed: 516,
  notImplemented: 48,
  other: 1002,
} as const;

/** Settings that a client may send: they say what this process does anyway. Any other would be ignored silently. */
const SETTINGS_IN_FORCE: Readonly<Record<string, string>> = {
  output_format_json_quote_64bit_integers: '1',
  wait_end_of_query: '1',
  async_insert: '0',
};

/** At once: as many as there are cores on the smallest machine that this is made for. */
const WRITERS = 2;
const READERS = 2;

const TAB_SEPARATED = { format: 'TabSeparated' } as const;

const TRANSPORT_PARAMETERS = new Set(['query', 'query_id', 'database', 'default_format']);

class HttpFailure extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(`Code: ${code}. DB::Exception: ${message}`);
    this.status = status;
    this.code = code;
  }
}

interface SessionPool {
  /** Gives the work the first session that is free, in the order in which it came. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Closes each session when its work is done. */
  close(): Promise<void>;
}

/** A session that is busy would block a thread of the pool to the same effect. */
function poolOf(sessions: readonly Session[]): SessionPool {
  const free = [...sessions];
  const waiting: ((session: Session) => void)[] = [];
  const take = async (): Promise<Session> =>
    free.pop() ?? (await new Promise<Session>((resolve) => waiting.push(resolve)));
  return {
    async use(work) {
      const session = await take();
      try {
        return await work(session);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free.push(session);
        else next(session);
      }
    },
    async close() {
      for (const _ of sessions) (await take()).close();
    },
  };
}

async function main(start: ChdbStart): Promise<void> {
  const report = (message: ChdbStarted): void => void process.send?.(message);
  let chdb: typeof import('chdb');
  try {
    chdb = await import('chdb');
  } catch (error) {
    report({ step: 'load', failed: messageOf(error) });
    return process.disconnect();
  }

  const incoming = join(start.folder, INCOMING_FOLDER);
  let writers: readonly Session[];
  let readers: readonly Session[];
  try {
    rmSync(incoming, { recursive: true, force: true });
    mkdirSync(incoming, { recursive: true });
    const connectionArgs = [
      // With the dashes: without them chdb ignores an argument silently.
      `--max_server_memory_usage=${start.memoryBytes}`,
      '--output_format_json_quote_64bit_integers=1',
    ];
    const session = (): Session => new chdb.Session(join(start.folder, 'db'), { connectionArgs });
    // A session answers one query at a time, and takes one core for it; a long check must not hold up the inserts.
    writers = Array.from({ length: WRITERS }, session);
    readers = Array.from({ length: READERS }, session);
  } catch (error) {
    report({ step: 'open', failed: messageOf(error) });
    return process.disconnect();
  }

  const clickhouse = readers[0]!.query('SELECT version()', 'TabSeparated').trim();
  const writing = poolOf(writers);
  const reading = poolOf(readers);

  /** Undefined: it is on its way already. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Uint8Array | undefined> {
    const url = new URL(request.url ?? '/', 'http://loopback');
    if (url.pathname === '/ping') return Buffer.from('Ok.\n');
    if (!authorized(request, start.token))
      throw new HttpFailure(403, CODE.authenticationFailed, 'The token is wrong. (AUTHENTICATION_FAILED)');
    const parameters = readParameters(url.searchParams);
    const queryInUrl = url.searchParams.get('query');
    if (queryInUrl !== null && request.method === 'POST') {
      const file = join(incoming, randomUUID());
      try {
        await finished(plain(request), createWriteStream(file, { flags: 'wx' }));
        return await writing.use((session) => run(session, insertFromFile(queryInUrl, file), parameters));
      } finally {
        rmSync(file, { force: true });
      }
    }
    const query = queryInUrl ?? (await text(plain(request)));
    if (url.searchParams.get('wait_end_of_query') === '0') {
      await reading.use((session) => stream(session, query, parameters, response));
      return undefined;
    }
    const isReading = /^\s*(SELECT|WITH|SHOW|DESCRIBE|EXPLAIN)\b/i.test(query);
    return (isReading ? reading : writing).use((session) => run(session, query, parameters));
  }

  const server = createServer((request, response) => {
    answer(request, response).then(
      (body) => (body === undefined ? undefined : response.writeHead(200).end(body)),
      // A result that fails in its midst ends in a broken connection: nobody takes it for whole.
      (error: unknown) => (response.headersSent ? response.destroy() : refuse(response, error)),
    );
  });
  // An idle connection is the client's to close; a server that closes first makes a request fail now and then.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => {
    const { version } = createRequire(import.meta.url)('chdb/package.json') as { version: string };
    report({ port: (server.address() as AddressInfo).port, chdb: version, clickhouse });
  });

  process.once('disconnect', () => {
    server.close();
    server.closeAllConnections();
    void Promise.all([writing.close(), reading.close()])
      .then(() => chdb.drainPending())
      .finally(() => process.exit());
  });
}

async function run(session: Session, query: string, parameters: Readonly<Record<string, string>>): Promise<Uint8Array> {
  await bind(session, query, parameters);
  return (await session.queryAsync(query, TAB_SEPARATED)).bytes();
}

/** A result of any size, as it is made; in a format whose pieces make a whole. */
async function stream(
  session: Session,
  query: string,
  parameters: Readonly<Record<string, string>>,
  response: ServerResponse,
): Promise<void> {
  await bind(session, query, parameters);
  const gone = once(response, 'close');
  for await (const chunk of session.queryStream(query, { format: 'RowBinary' })) {
    if (response.destroyed) return;
    if (!response.write(chunk.raw())) await Promise.race([once(response, 'drain'), gone]);
  }
  response.end();
}

/** Names of parameters that a session has a value for. */
const bound = new WeakMap<Session, Set<string>>();

/**
 * Gives the session the values of a query's parameters. Not by chdb's own calls that do: while one of these is under way
 * any other waits, in all sessions of the process, so that a check would hold up every insert.
 */
async function bind(session: Session, query: string, parameters: Readonly<Record<string, string>>): Promise<void> {
  const known = bound.get(session) ?? new Set();
  bound.set(session, known);
  const names = Object.keys(parameters);
  for (const [, name] of query.matchAll(/\{\s*(\w+)\s*:/g))
    if (known.has(name!) && !names.includes(name!))
      throw new HttpFailure(
        400,
        CODE.unknownParameter,
        `Substitution \`${name}\` is not set. (UNKNOWN_QUERY_PARAMETER)`,
      );
  if (names.length === 0) return;
  for (const name of names) known.add(name);
  const values = names.map((name) => `param_${name} = '${parameters[name]!.replaceAll(/[\\']/g, '\\$&')}'`);
  await session.queryAsync(`SET ${values.join(', ')}`, TAB_SEPARATED);
}

/** What was sent, as it was before it was compressed. */
function plain(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined) return request;
  if (encoding !== 'zstd')
    throw new HttpFailure(400, CODE.notImplemented, `${encoding} is not taken here. (NOT_IMPLEMENTED)`);
  // A body that ends early fails the reader, too.
  return pipeline(request, createZstdDecompress(), () => undefined);
}

/** chdb takes no data beside a query; it reads the same bytes from a file. */
function insertFromFile(query: string, file: string): string {
  const match = /^(?<before>.*)\binput\('(?<structure>[^']*)'\)(?<after>.*?)\s+FORMAT\s+(?<format>\w+)\s*$/is.exec(
    query,
  );
  if (match?.groups === undefined)
    throw new HttpFailure(
      501,
      CODE.notImplemented,
      "Data is taken by INSERT … FROM input('…') FORMAT … only. (NOT_IMPLEMENTED)",
    );
  const { before, structure, after, format } = match.groups;
  return `${before}file('${file.replaceAll(/[\\']/g, '\\$&')}', '${format}', '${structure}')${after}`;
}

function readParameters(search: URLSearchParams): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of search) {
    const parameter = /^param_(\w+)$/.exec(name)?.[1];
    // Escaped as in TSV, as a session takes them.
    if (parameter !== undefined) parameters[parameter] = value;
    else if (!TRANSPORT_PARAMETERS.has(name) && SETTINGS_IN_FORCE[name] !== value && !isStreaming(name, value))
      throw new HttpFailure(
        400,
        CODE.unknownSetting,
        `Setting ${name} = ${value} is not taken here. (UNKNOWN_SETTING)`,
      );
  }
  return parameters;
}

const isStreaming = (name: string, value: string): boolean => name === 'wait_end_of_query' && value === '0';

function authorized(request: IncomingMessage, token: string): boolean {
  const [scheme, credentials] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Basic' || credentials === undefined) return false;
  const password = Buffer.from(credentials, 'base64').toString().split(':').slice(1).join(':');
  const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(password), digest(token));
}

function refuse(response: ServerResponse, error: unknown): void {
  const message = messageOf(error);
  const [status, code] = error instanceof HttpFailure ? [error.status, error.code] : [500, clickhouseCode(error)];
  response.writeHead(status, { 'X-ClickHouse-Exception-Code': String(code), connection: 'close' }).end(message);
}

function clickhouseCode(error: unknown): number {
  const code = (error as { clickhouseCode?: unknown }).clickhouseCode;
  return typeof code === 'number' ? code : CODE.other;
}

// Whoever cancels a job may signal every process of it; the harness still needs its evidence then, and ends this process
// itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('message', (start) => void main(start as ChdbStart));
