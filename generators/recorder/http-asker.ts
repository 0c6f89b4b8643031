/** Asks a service for IDs over HTTP: what a request says, and what the status of an answer means. */
import type { GeneratorEnv } from '../../harness/core/generator.ts';
import type { HttpAsk } from '../../harness/core/node-program.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import { fillIn, hasPlace, type Places } from '../../harness/core/template.ts';
import type { Asker } from './asker.ts';
import type { HttpAnswer } from './http-answer.ts';
import { type Address, authorityOf, HttpConnection } from './http-connection.ts';
import type { IdBuffer } from './id-buffer.ts';
import { type Answer, type IdsReader, quoted } from './read-ids.ts';

export const TIMEOUT_MS = 5000;

/** By which a service says that it mints none now, and is not broken. */
const REFUSALS: readonly number[] = [429, 503];

/** The method of a request, where none is named. */
export const methodOf = ({ method, body }: HttpAsk): string => method ?? (body === undefined ? 'GET' : 'POST');

/** One lane of asking: a connection of its own. */
export class HttpAsker implements Asker {
  readonly #connection: HttpConnection;
  readonly #request: (count: number) => Buffer;
  readonly #reader: IdsReader;
  readonly #timeoutMs: number;
  readonly #refusal: GeneratorEnv['refusal'];
  /** `GET /ids?count={count}`, for messages. */
  readonly #asked: string;

  constructor(
    ask: HttpAsk,
    address: Address,
    request: (count: number) => Buffer,
    reader: IdsReader,
    refusal: GeneratorEnv['refusal'],
  ) {
    this.#connection = new HttpConnection(address);
    this.#request = request;
    this.#reader = reader;
    this.#timeoutMs = ask.timeoutMs ?? TIMEOUT_MS;
    this.#refusal = refusal;
    this.#asked = `${methodOf(ask)} ${ask.path}`;
  }

  async ask(count: number, into: IdBuffer): Promise<void> {
    const answer = await this.#connection.request(this.#request(count), this.#timeoutMs);
    const read: Answer = { type: typeOf(answer), body: answer.body };
    if (answer.status >= 200 && answer.status < 300) {
      assertPlain(answer);
      return this.#reader.read(read, into);
    }
    // What it minted all the same is evidence.
    this.#reader.readFromError(read, into);
    if (REFUSALS.includes(answer.status)) throw this.#refusal(`HTTP ${answer.status}`);
    throw new ServiceFault(`answered HTTP ${answer.status} to ${this.#asked}`, detailOf(answer));
  }

  close(): void {
    this.#connection.close();
  }
}

function typeOf({ headers }: HttpAnswer): string {
  return (headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
}

function assertPlain({ headers }: HttpAnswer): void {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw new ServiceFault('answered in an encoding that nobody asked for', `: ${encoding}`);
}

function detailOf({ status, headers, body }: HttpAnswer): string {
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== undefined)
    return `: it sends its clients to ${quoted(location)}, and is asked itself only`;
  return body.length === 0 ? '' : `: ${quoted(body.toString())}`;
}

/**
 * The bytes of a request. Throws a ServiceFault where what was filled in makes none.
 *
 * Where nothing of it depends on how many IDs are asked for, they are made once.
 */
export function requestOf(ask: HttpAsk, address: Address, places: Places): (count: number) => Buffer {
  const headers = Object.entries(ask.headers ?? {});
  const templates = [ask.path, ...headers.map(([, value]) => value), ...(ask.body === undefined ? [] : [ask.body])];
  const make = (count: number): Buffer => {
    const fill = (template: string): string => fillIn(template, { ...places, count });
    const body = ask.body === undefined ? undefined : Buffer.from(fill(ask.body));
    const all = new Map([
      ['host', authorityOf(address)],
      ['accept', '*/*'],
      ...(body === undefined ? [] : [['content-type', 'application/json'] as const]),
      ...headers.map(([name, value]) => [name.toLowerCase(), fill(value)] as const),
      ...(body === undefined ? [] : [['content-length', String(body.length)] as const]),
    ]);
    const path = fill(ask.path);
    if (/[^\x21-\x7e]/.test(path)) throw new ServiceFault(`cannot be asked at the path ${quoted(path)}`, BLANKS);
    for (const [name, value] of all)
      if (/[^\x20-\x7e]/.test(value) || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
        throw new ServiceFault(`cannot be asked with the header ${quoted(`${name}: ${value}`)}`);
    const head = [`${methodOf(ask)} ${path} HTTP/1.1`, ...[...all].map(([name, value]) => `${name}: ${value}`)];
    const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
    return body === undefined ? bytes : Buffer.concat([bytes, body]);
  };
  const fixed = make(1); // shows at once what is wrong
  return templates.some((template) => hasPlace(template, 'count')) ? make : () => fixed;
}

const BLANKS = ': blanks, and letters that are not ASCII, are written as in %20';
