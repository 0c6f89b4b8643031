/**
 * Requests to an engine, embedded or a server: sent compressed where a network lies between, tried again where trying
 * again can help, and given up within a stated time.
 *
 * Whatever is sent may be sent twice: a reply that was lost says nothing of what became of its request. So every request
 * here is harmless when repeated: a query reads, an INSERT has a token that names its rows, all else says `IF EXISTS`.
 */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { messageOf } from '../../core/errors.ts';
import { EngineLost } from '../../core/store.ts';

/** Where an engine answers. */
export interface Address {
  /** No credentials, no database. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** How long an engine is waited for. All in milliseconds. */
export interface Patience {
  /** From the first failure of a request to the last time that it is tried again. 0: it is tried once. */
  readonly triesForMs: number;
  /** A reply to what was sent, an INSERT, that is this late does not come any more. */
  readonly insertMs: number;
  /** The same for a query. */
  readonly queryMs: number;
}

/**
 * A check over a billion IDs says nothing until it ends, so a query has long. A server that is started anew, or a proxy
 * that fails over, is back within a minute; whoever waits for longer than that waits for an engineer.
 */
export const SERVER_PATIENCE: Patience = { triesForMs: 60_000, insertMs: 30_000, queryMs: 300_000 };

/** A process on this machine does not come back, and says at once that it is gone. */
export const EMBEDDED_PATIENCE: Patience = { triesForMs: 0, insertMs: 300_000, queryMs: 300_000 };

/** The first pause before a request is tried again, and the longest; each is twice the one before. */
const PAUSE_MS = { first: 100, longest: 5000 } as const;

/** An engine whose memory is taken by a check takes an INSERT a moment later. */
const MEMORY_TRIES_FOR_MS = 1000;

/** Fast, and IDs in order shrink by it to a third: the level beyond takes twice the time for little. */
const COMPRESSION = { request: { codec: 'zstd', level: 1 } } as const;

/** More of what a proxy answers than this is its page, not its reason. */
const REASON_LENGTH = 300;

const MEMORY_LIMIT_EXCEEDED = '241';

/** What ClickHouse itself says and may take back: the codes of its src/Common/ErrorCodes.cpp. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  MEMORY_LIMIT_EXCEEDED,
  '159', // TIMEOUT_EXCEEDED
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '203', // NO_FREE_CONNECTION
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '236', // ABORTED: it is shutting down
  '242', // TABLE_IS_READ_ONLY: its Keeper is away
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS: merges catch up
  '285', // TOO_FEW_LIVE_REPLICAS
  '319', // UNKNOWN_STATUS_OF_INSERT
  '394', // QUERY_WAS_CANCELLED: by a shutdown
  '425', // SYSTEM_ERROR
  '999', // KEEPER_EXCEPTION
]);

/** What OpenSSL finds wrong with a certificate: trying again finds the same. Node's names. */
const WRONG_CERTIFICATE = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|HOSTNAME_MISMATCH|ERR_SSL_)/;

/**
 * Of a query that took too much memory, tried again: one thread, small blocks, and what does not fit is sorted and
 * grouped on disk.
 */
const FRUGAL_SETTINGS =
  'max_threads = 1, max_block_size = 8192, max_bytes_before_external_sort = 50000000, max_bytes_before_external_group_by = 50000000';

export interface ConnectionOptions {
  readonly address: Address;
  /** The engine, for messages. */
  readonly version: string;
  readonly patience: Patience;
  /** Whether what is sent is compressed on its way. */
  readonly compressed: boolean;
  /** Says nothing beside the query: for who asks what it is that answers. */
  readonly bare?: boolean;
  /** Why the engine is gone, when that is known better than from a failed request. */
  readonly lost?: (() => Promise<string | undefined>) | undefined;
}

export type Parameters = Readonly<Record<string, string | number>>;

export class Connection {
  readonly #options: ConnectionOptions;
  /** Apart, because they wait for different times. */
  readonly #sender: ClickHouseClient;
  readonly #asker: ClickHouseClient;
  readonly #closing = new AbortController();
  /** It did not come back within its time: nobody waits for it again. */
  #lost: EngineLost | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#sender = clientOf(options, options.patience.insertMs);
    this.#asker = clientOf(options, options.patience.queryMs);
  }

  /** A statement without data. It must be harmless when repeated. */
  async command(query: string, parameters: Parameters = {}): Promise<void> {
    await this.#persist(() => this.#asker.command({ query, query_params: parameters }));
  }

  /** A query; 64-bit integers come back as decimal strings. */
  async rows<Row>(query: string, parameters: Parameters): Promise<Row[]> {
    const ask = async (text: string): Promise<Row[]> => {
      const result = await this.#asker.query({ query: text, query_params: parameters, format: 'JSONEachRow' });
      return result.json<Row>();
    };
    try {
      return await this.#persist(() => ask(query), isOutOfMemory);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      return this.#persist(() => ask(frugal(query)));
    }
  }

  /** What one value is, as text. */
  async text(query: string): Promise<string> {
    return this.#persist(async () => {
      const result = await this.#asker.query({ query, format: 'TabSeparated' });
      return (await result.text()).trim();
    });
  }

  /** An INSERT with its data beside it. It must name its rows by a token, or be repeated as a whole by the caller. */
  async send(query: string, body: Buffer, parameters: Parameters): Promise<void> {
    await this.#persist(() => this.#sendOnce(query, body, parameters));
  }

  /** Takes out what there was, and puts rows in its place: together one thing, that may be repeated as one. */
  async replace(forget: string, insert: string, body: Buffer, parameters: Parameters): Promise<void> {
    await this.#persist(async () => {
      await this.#asker.command({ query: forget });
      if (body.length > 0) await this.#sendOnce(insert, body, parameters);
    });
  }

  /** The bytes of a result in any format, as they come. A failure in their midst is the stream's. */
  async stream(query: string, parameters: Parameters): Promise<Readable> {
    return this.#persist(async () => {
      const { stream } = await this.#asker.exec({
        query,
        query_params: parameters,
        // What is read is long, and no server keeps it whole before it answers.
        clickhouse_settings: { wait_end_of_query: 0 },
      });
      return stream;
    });
  }

  /** Sends what is still being read. It cannot be read again, so a failure is the end of it. */
  async pipe(query: string, body: Readable): Promise<void> {
    await this.#persist(
      async () => {
        const { stream } = await this.#asker.exec({ query, values: body });
        for await (const _ of stream);
      },
      () => true,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#sender.close(), this.#asker.close()]);
  }

  async #sendOnce(query: string, body: Buffer, parameters: Parameters): Promise<void> {
    const { stream } = await this.#sender.exec({
      query,
      query_params: parameters,
      values: Readable.from([body], { objectMode: false }),
    });
    // The connection goes back to the pool once the (empty) reply is read.
    for await (const _ of stream);
  }

  /**
   * Calls until it succeeds, fails for good, or has failed for too long. What the engine says of the request itself is
   * thrown as it is; anything else means that the engine is gone.
   */
  async #persist<T>(call: () => Promise<T>, isFinal: (error: unknown) => boolean = () => false): Promise<T> {
    let failedAt: number | undefined;
    let tries = 0;
    for (let pauseMs: number = PAUSE_MS.first; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS.longest)) {
      if (this.#lost !== undefined) throw this.#lost;
      try {
        tries++;
        return await call();
      } catch (error) {
        failedAt ??= performance.now();
        const leftMs = this.#triesForMs(error) - (performance.now() - failedAt);
        if (isFinal(error) || leftMs < pauseMs || this.#closing.signal.aborted) throw await this.#final(error, tries);
      }
      await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  #triesForMs(error: unknown): number {
    const { triesForMs } = this.#options.patience;
    if (isOutOfMemory(error)) return Math.max(triesForMs, MEMORY_TRIES_FOR_MS);
    return isPassing(error) ? triesForMs : 0;
  }

  async #final(error: unknown, tries: number): Promise<unknown> {
    if (error instanceof ClickHouseError) return error;
    const how = (await this.#options.lost?.()) ?? shortened(messageOf(error));
    const often = tries > 1 ? ` (${tries} times within ${this.#options.patience.triesForMs / 1000} s)` : '';
    this.#lost = new EngineLost(`${this.#options.version} is lost: ${how}${often}`, { cause: error });
    return this.#lost;
  }
}

/** A client that keeps 64-bit integers exact and hears of an error in the status of the reply. */
function clientOf({ address, compressed, bare = false }: ConnectionOptions, requestMs: number): ClickHouseClient {
  return createClient({
    ...address,
    request_timeout: requestMs,
    log: { level: ClickHouseLogLevel.OFF },
    ...(compressed && { compression: COMPRESSION }),
    clickhouse_settings: bare
      ? {}
      : { output_format_json_quote_64bit_integers: 1, wait_end_of_query: 1, async_insert: 0 },
  });
}

/** Whether the same request may succeed a moment later. What is no word of ClickHouse comes from what lies between. */
function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined ? !isWrongCertificate(error) : PASSING_CODES.has(code);
}

/** The number by which ClickHouse calls its error, also where it gave no name beside it. */
function codeOf(error: unknown): string | undefined {
  return error instanceof ClickHouseError ? error.code : /^Code: (\d+)\b/.exec(messageOf(error))?.[1];
}

export function isWrongCertificate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && WRONG_CERTIFICATE.test(String(error.code));
}

export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof ClickHouseError && error.code === MEMORY_LIMIT_EXCEEDED;

/** A query may end in settings of its own; of one that is named twice the last counts. */
function frugal(query: string): string {
  const own = /\bSETTINGS\b(?![^]*[)])/i.test(query);
  return `${query.trimEnd()}${own ? ',' : '\nSETTINGS'} ${FRUGAL_SETTINGS}`;
}

function shortened(message: string): string {
  const line = message.trim().replaceAll(/\s+/g, ' ');
  return line.length > REASON_LENGTH ? `${line.slice(0, REASON_LENGTH)}…` : line;
}
