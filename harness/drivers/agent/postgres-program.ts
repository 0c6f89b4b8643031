/** Where PostgreSQL's programs are. */
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problem } from '../../core/errors.ts';

/** Debian's folders by version, Fedora's and a build from source. */
const PLACES = ['/usr/lib/postgresql/*/bin/postgres', '/usr/bin/postgres', '/usr/local/pgsql/bin/postgres'];

/** The folder with `postgres` and `initdb`, of the newest version; undefined when they are not installed. */
export function findPostgres(): string | undefined {
  const versionOf = (folder: string): number => Number(/\/(\d+)\//.exec(folder)?.[1] ?? 0);
  return PLACES.flatMap((place) => globSync(place))
    .map((program) => dirname(program))
    .filter((folder) => existsSync(join(folder, 'initdb')))
    .sort((a, b) => versionOf(b) - versionOf(a))[0];
}

/** Where there is none. */
export const NO_POSTGRES = problem('PostgreSQL is not installed.', 'Run: apt-get install -y postgresql');
