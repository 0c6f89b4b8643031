/**
 * How the PostgreSQL of a run is started, whatever it runs in.
 */
import { POSTGRES_DATABASE, POSTGRES_SCHEMA, POSTGRES_USER } from './postgres-schema.ts';

/** The port for clients. */
export const POSTGRES_PORT = 5432;

export interface PostgresPlace {
  /** The folder with `postgres` and `initdb`. */
  readonly programs: string;
  /** Survives a kill and a start; made by the first start. */
  readonly dataFolder: string;
  readonly listenOn: string;
  readonly port?: number;
  /**
   * A command that runs another one without the power of root, which PostgreSQL refuses to have: `setpriv` and its
   * arguments, for one. Empty where the caller has no such power.
   */
  readonly unprivileged: readonly string[];
}

/**
 * The user namespace in which root of this one is nobody: files stay with their owner, and nothing has to be handed over.
 * A namespace of its own for System V memory, because a server that is killed leaves a segment behind.
 */
export const AS_NOBODY_IN_NAMESPACE = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--ipc'] as const;

/** What a crash must not lose stays at its safe default; all else is for a small database that starts fast. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '16MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  timezone: 'GMT',
  log_timezone: 'GMT',
} as const;

/** `initdb` does not sync: a machine that fails takes the run with it. The mark is set last, so half a database is none. */
const SCRIPT = `set -eu
programs=$1 data=$2; shift 2
if ! [ -e "$data/snowglobe" ]; then
  rm -rf "$data"
  "$programs/initdb" -D "$data" -U ${POSTGRES_USER} -A trust --no-locale -E UTF8 --no-sync --no-instructions
  echo 'host all all all trust' >>"$data/pg_hba.conf"
  echo '${POSTGRES_SCHEMA}' | "$programs/postgres" --single -D "$data" ${POSTGRES_DATABASE}
  : >"$data/snowglobe"
fi
exec "$programs/postgres" -D "$data" "$@"`;

/** The command line of the server. Its first start makes the database. */
export function postgresCommand(place: PostgresPlace): readonly string[] {
  const { programs, dataFolder, listenOn, port = POSTGRES_PORT, unprivileged } = place;
  const settings = { ...SETTINGS, listen_addresses: listenOn, port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [...unprivileged, 'sh', '-c', SCRIPT, 'postgres', programs, dataFolder, ...flags];
}

/** A start must not hang on the time zone of the machine, which an image may lack. */
export const POSTGRES_ENVIRONMENT = { TZ: 'GMT' } as const;
