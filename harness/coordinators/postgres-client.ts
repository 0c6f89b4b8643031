/**
 * Ranges from a real PostgreSQL, with deadlines on the monotonic clock.
 *
 * It runs inside nodes whose wall clock is being stepped and frozen: its own deadlines are timers, and the library reads
 * no wall clock either. 64-bit values travel as decimal strings. It never sends a statement twice by itself.
 */
import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import postgres from 'postgres';
import type { MemberStatus } from '../core/cluster.ts';
import { messageOf } from '../core/errors.ts';
import type { Range, Ranges } from '../core/ranges.ts';
import { CoordinationRefused, CoordinationTimeout } from './coordination-errors.ts';
import { POSTGRES_DATABASE, POSTGRES_USER } from './postgres-schema.ts';

type Statement = (sql: postgres.Sql) => Promise<readonly postgres.Row[]>;

/**
 * Classes of SQLSTATE after which a statement may have been carried out: connection exceptions, operator intervention (a
 * back end that is shut down may have committed before it could say so), system errors, internal errors.
 */
const OPEN_OUTCOME = /^(08|57|58|XX)/;

/** One client for one server; safe for concurrent calls, each of which has a connection to itself. */
export class PostgresClient implements Ranges {
  readonly #target: NetConnectOpts;
  #idle: Session[] = [];

  /** `postgres://HOST:PORT` or `unix:/PATH` of a socket that is passed on to the server's port. */
  constructor(endpoint: string) {
    this.#target = parsePostgresEndpoint(endpoint);
  }

  async next(key: string, step: number, deadlineMs: number): Promise<Range> {
    const [row] = await this.#call(
      (sql) =>
        sql`insert into ranges as r (key, highest) values (${key}, ${String(step)})
            on conflict (key) do update set highest = r.highest + excluded.highest returning highest`,
      deadlineMs,
    );
    const to = BigInt(row!['highest'] as string);
    return { from: to - BigInt(step) + 1n, to };
  }

  async highest(key: string, deadlineMs: number): Promise<bigint> {
    const [row] = await this.#call((sql) => sql`select highest from ranges where key = ${key}`, deadlineMs);
    return BigInt((row?.['highest'] as string | undefined) ?? '0');
  }

  async setHighest(key: string, to: bigint, deadlineMs: number): Promise<void> {
    await this.#call(
      (sql) =>
        sql`insert into ranges (key, highest) values (${key}, ${String(to)})
            on conflict (key) do update set highest = excluded.highest`,
      deadlineMs,
    );
  }

  /** Whether it answers a read. Rejects when it does not within `timeoutMs`. */
  async status(timeoutMs: number): Promise<MemberStatus> {
    const [row] = await this.#call((sql) => sql`select pg_is_in_recovery() as recovering`, timeoutMs);
    const serving = row?.['recovering'] === false;
    return { leader: serving, serving };
  }

  /** `15.18`. */
  async version(timeoutMs: number): Promise<string> {
    const [row] = await this.#call((sql) => sql`select current_setting('server_version') as version`, timeoutMs);
    return String(row?.['version']).split(' ')[0] as string;
  }

  /** Closes the connections. Calls in flight end by themselves, as of unknown outcome. */
  close(): void {
    for (const session of this.#idle) session.destroy();
    this.#idle = [];
  }

  async #call(statement: Statement, deadlineMs: number): Promise<readonly postgres.Row[]> {
    const session = this.#takeIdle() ?? new Session(this.#target);
    let mayHaveHappened = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
    });
    try {
      const sql = await Promise.race([session.ready, late]);
      mayHaveHappened = true;
      const answer = statement(sql);
      answer.catch(() => undefined); // one that comes too late interests nobody
      const rows = await Promise.race([answer, late]);
      this.#idle.push(session);
      return rows;
    } catch (error) {
      session.destroy();
      const why = `postgres: ${messageOf(error)}`;
      throw mayHaveHappened && !isRefusal(error) ? new CoordinationTimeout(why) : new CoordinationRefused(why);
    } finally {
      clearTimeout(timer);
    }
  }

  #takeIdle(): Session | undefined {
    this.#idle = this.#idle.filter(({ isOpen }) => isOpen);
    return this.#idle.pop();
  }
}

/** Where an endpoint's connections go; throws a RangeError that says what an endpoint looks like. */
export function parsePostgresEndpoint(endpoint: string): { readonly path: string } | { host: string; port: number } {
  if (endpoint.startsWith('unix:')) return { path: endpoint.slice('unix:'.length) };
  const url = URL.parse(endpoint);
  if (url?.protocol !== 'postgres:' || url.port === '')
    throw new RangeError(`PostgreSQL endpoint '${endpoint}' is neither postgres://host:port nor unix:/path`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
}

/** One connection. The library would connect again by itself; here a connection that is lost is gone. */
class Session {
  /** Settles when the server takes statements. */
  readonly ready: Promise<postgres.Sql>;
  readonly #sql: postgres.Sql;
  #socket: Socket | undefined;

  constructor(target: NetConnectOpts) {
    const options: SessionOptions = {
      socket: () => {
        if (this.#socket !== undefined) throw new Error('the server closed the connection');
        this.#socket = connect({ noDelay: true, ...target });
        return this.#socket;
      },
      host: 'ignored',
      user: POSTGRES_USER,
      database: POSTGRES_DATABASE,
      max: 1,
      fetch_types: false,
      idle_timeout: 0,
      connect_timeout: 0,
      max_lifetime: null,
      onnotice: () => undefined,
    };
    this.#sql = postgres(options);
    // An answer to something that changes nothing: what is sent before that may or may not be carried out.
    this.ready = this.#sql`select 1`.then(() => this.#sql);
    this.ready.catch(() => undefined); // whoever waits for it hears of it
  }

  get isOpen(): boolean {
    return this.#socket?.destroyed === false && this.#socket.readyState === 'open';
  }

  /** At once: a server that stands still must not keep it. */
  destroy(): void {
    this.#socket?.destroy();
    this.#sql.end({ timeout: 0 }).catch(() => undefined);
  }
}

/** The library's own types leave out its option `socket`. */
type SessionOptions = postgres.Options<Record<string, never>> & { readonly socket: () => Socket };

/** The server says that it did not carry the statement out. */
function isRefusal(error: unknown): boolean {
  return error instanceof postgres.PostgresError && !OPEN_OUTCOME.test(error.code);
}
