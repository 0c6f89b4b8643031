/**
 * Which server `--store` means, and as whom. The URL is part of the command that repeats a run, and so of its record: who
 * one is and by which password comes from the environment alone, and is written nowhere.
 */
import { badInput } from '../../core/errors.ts';
import type { Address } from './connection.ts';
import { DATABASE } from './schema.ts';

export const USER_VARIABLE = 'SNOWGLOBE_STORE_USER';
export const PASSWORD_VARIABLE = 'SNOWGLOBE_STORE_PASSWORD';

/** What a user may set: `process.env`, but for tests. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** For how many seconds a request that failed is tried again. */
export const PATIENCE_VARIABLE = 'SNOWGLOBE_STORE_PATIENCE';
const PATIENCE_MAX_S = 3600;

export interface StoreUrl {
  readonly address: Address;
  readonly database: string;
  /** As in `Patience`; undefined where the environment says nothing of it. */
  readonly triesForMs?: number;
}

/** Takes a store's URL apart; throws (exit 2) when it is none. `option`: what it was given by. */
export function parseStoreUrl(text: string, environment: Environment = process.env, option = '--store'): StoreUrl {
  const url = URL.parse(text);
  const remedy = 'Give http[s]://host:port[/database].';
  const isOurs = url !== null && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '';
  if (!isOurs) throw badInput(`\`${redacted(text)}\` is no URL of a ClickHouse server.`, remedy, option);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw badInput(
      'The URL of a store is kept in the record of the run, and this one says more than where it is.',
      `Give ${url.origin}${url.pathname === '/' ? '' : url.pathname}, and set ${USER_VARIABLE} and ${PASSWORD_VARIABLE} in the environment.`,
      option,
    );
  const database = url.pathname.replaceAll('/', '') || DATABASE;
  if (!/^[A-Za-z_]\w*$/.test(database)) throw badInput(`\`${database}\` is no name for a database.`, remedy, option);
  return {
    address: {
      url: url.origin,
      username: environment[USER_VARIABLE] || 'default',
      password: environment[PASSWORD_VARIABLE] ?? '',
    },
    database,
    ...patienceIn(environment),
  };
}

function patienceIn(environment: Environment): Pick<StoreUrl, 'triesForMs'> {
  const text = environment[PATIENCE_VARIABLE] ?? '';
  if (text === '') return {};
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Infinity;
  if (seconds > PATIENCE_MAX_S)
    throw badInput(
      `"${text}" is no number of seconds for which a store is waited for.`,
      `Give 0 to ${PATIENCE_MAX_S}, or leave it out.`,
      PATIENCE_VARIABLE,
    );
  return { triesForMs: seconds * 1000 };
}

/** Without what stands before an @, which may be a password, wherever it stands. */
const redacted = (text: string): string => text.replace(/^(\w+:\/\/)?.*@/s, '$1…@');
