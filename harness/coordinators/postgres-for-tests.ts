/** A real PostgreSQL of its own for a test, on ports and in a folder that nobody else uses. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../drivers/agent/free-port.ts';
import { untilStopped } from '../drivers/agent/proc.ts';
import { withDescendants } from '../drivers/agent/process-tree.ts';
import { PostgresClient } from './postgres-client.ts';
import { AS_NOBODY_IN_NAMESPACE, POSTGRES_ENVIRONMENT, postgresCommand } from './postgres-command.ts';

export interface PostgresForTests extends AsyncDisposable {
  readonly endpoint: string;
  client(): PostgresClient;
  /** All of its processes; resolves when all of their threads stand still. */
  pause(): Promise<void>;
  resume(): void;
  kill(): Promise<void>;
  /** Resolves when it serves. */
  start(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresForTests> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-postgres-'));
  const port = await freePort('127.0.0.1');
  const endpoint = `postgres://127.0.0.1:${port}`;
  const [program, ...args] = postgresCommand({
    programs: join(globSync('/usr/lib/postgresql/*/bin/postgres').sort().at(-1) as string, '..'),
    dataFolder: join(folder, 'data'),
    listenOn: '127.0.0.1',
    port,
    unprivileged: process.getuid?.() === 0 ? AS_NOBODY_IN_NAMESPACE : [],
  }) as [string, ...string[]];
  const launch = () => spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...POSTGRES_ENVIRONMENT } });
  let child = launch();
  const clients: PostgresClient[] = [];
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const toAll = (signal: NodeJS.Signals): readonly number[] => {
    const pids = isGone() ? [] : [...withDescendants([child.pid as number])];
    for (const pid of pids) send(pid, signal);
    return pids;
  };
  const postgres: PostgresForTests = {
    endpoint,
    client() {
      const client = new PostgresClient(endpoint);
      clients.push(client);
      return client;
    },
    pause: () => untilStopped(toAll('SIGSTOP')),
    resume: () => void toAll('SIGCONT'),
    async kill() {
      if (isGone()) return;
      const gone = once(child, 'exit');
      toAll('SIGKILL');
      await gone;
    },
    async start() {
      if (isGone()) child = launch();
      await untilServing(postgres.client());
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await postgres.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await untilServing(postgres.client());
  return postgres;
}

/** A child of the server may end between the look and the signal. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function untilServing(client: PostgresClient): Promise<void> {
  let why: unknown;
  for (let left = 200; left > 0; left--) {
    try {
      if ((await client.status(500)).serving) return client.close();
    } catch (error) {
      why = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('PostgreSQL does not serve', { cause: why });
}
