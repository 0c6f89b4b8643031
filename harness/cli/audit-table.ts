/** `--from clickhouse://user@host:8123/db.table`: a table that a team already has, read as a stream of text. */
import { Readable, Transform } from 'node:stream';
import { beginning, rowsInput } from '../audit/inputs.ts';
import type { InputQuestion, LookedAt } from '../audit/inputs.ts';
import type { Address } from '../stores/clickhouse/connection.ts';
import { badInput, EXIT, messageOf, problem, SnowglobeError } from '../core/errors.ts';
import { capitalised } from '../core/phrases.ts';
import { ColumnError, streamTableIds } from '../stores/clickhouse/id-columns.ts';

/** Where the password comes from: what stands in a command is kept by shells, and shown by `ps`. */
export const PASSWORD_VARIABLE = 'SNOWGLOBE_CLICKHOUSE_PASSWORD';

export interface TableAddress {
  readonly address: Address;
  readonly database: string;
  readonly name: string;
}

/** Throws (exit 2) where it is none. `clickhouses:` is over TLS. */
export function parseTableUrl(text: string, password = process.env[PASSWORD_VARIABLE] ?? ''): TableAddress {
  const remedy = `Write clickhouse://user@host:8123/db.table (clickhouses: over TLS), its password in ${PASSWORD_VARIABLE}.`;
  const url = /^clickhouses?:\/\//.test(text) ? URL.parse(text.replace(/^clickhouse/, 'http')) : null;
  if (url?.password !== undefined && url.password !== '')
    throw badInput(
      'A password in a command is kept by shells and shown to others.',
      `Leave it out of the URL, and give it in ${PASSWORD_VARIABLE}.`,
      '--from',
    );
  const [, database, name] = /^\/([^/.]+)\.([^/]+)$/.exec(decodeURIComponent(url?.pathname ?? '')) ?? [];
  if (url === null || database === undefined || name === undefined)
    throw badInput(`\`${text}\` names no table.`, remedy, '--from');
  const port = url.port === '' ? (url.protocol === 'https:' ? '8443' : '8123') : url.port;
  return {
    address: {
      url: `${url.protocol}//${url.hostname}:${port}`,
      username: decodeURIComponent(url.username) || 'default',
      password,
    },
    database,
    name,
  };
}

export async function openTable(text: string, question: InputQuestion, signal?: AbortSignal): Promise<LookedAt> {
  const table = parseTableUrl(text);
  const { column = 'id', nodeColumn, signed } = question;
  const columns = { column, signed, ...(nodeColumn !== undefined && { nodeColumn }) };
  try {
    const { body, rows } = await streamTableIds(table.address, table, columns, signal);
    const whole = counted(rows);
    Readable.fromWeb(body)
      .on('error', (broken) => whole.destroy(new BrokenOffError(`the server broke off: ${messageOf(broken)}`)))
      .pipe(whole);
    const { head, source } = await beginning(whole);
    const name = `${table.database}.${table.name}`;
    const input = rowsInput({ name, format: 'clickhouse', bytes: 0, path: name, source }, question, head);
    return { input };
  } catch (error) {
    if (!(error instanceof ColumnError)) throw error;
    const where = `--from ${table.address.url}/${table.database}.${table.name}`;
    const told = problem(`${capitalised(error.message.replace(/\.$/, ''))}.`, REMEDY[error.kind], where);
    throw new SnowglobeError(error.kind === 'unreadable' ? EXIT.environment : EXIT.badInput, [told]);
  }
}

const REMEDY = {
  'missing column': 'Name it with --column, and the one of nodes with --node-column.',
  'not an ID': 'Name the column of the IDs with --column.',
  unreadable: `Check the URL, the user, and the password in ${PASSWORD_VARIABLE}.`,
} as const;

class BrokenOffError extends Error {
  readonly code = 'BROKEN_OFF';
}

/** A server that breaks off may end its answer as if it were whole: it has fewer rows then than there were before. */
function counted(rows: bigint): Transform {
  let lines = 0n;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      for (const byte of chunk) if (byte === 0x0a) lines++;
      done(undefined, chunk);
    },
    flush(done) {
      if (lines < rows) done(new BrokenOffError(`the server sent ${lines} rows of the ${rows} that the table has`));
      else done();
    },
  });
}
