/** The files of this machine's PostgreSQL that a small server needs, at the paths where it looks for them. */
import { globSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findPostgres } from '../agent/postgres-program.ts';

/** What `initdb` makes every database with. */
const MODULES = ['plpgsql.so', 'dict_snowball.so'];

/** None where PostgreSQL is not installed, or lies elsewhere than Debian's packages put it. */
export function postgresFiles(): readonly string[] {
  const programs = findPostgres();
  if (programs === undefined || !programs.startsWith('/usr/lib/postgresql/')) return [];
  const version = basename(dirname(programs));
  return [
    ...['initdb', 'postgres'].map((name) => join(programs, name)),
    ...MODULES.map((name) => join(dirname(programs), 'lib', name)),
    ...globSync(`/usr/share/postgresql/${version}/{,*/}*`).filter((file) => statSync(file).isFile()),
  ];
}
