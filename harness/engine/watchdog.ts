/**
 * The watchdog: a detached process that outlives a `kill -9` of the harness by the time it takes to clean up. It waits on
 * a pipe; when the pipe ends without a word, the harness is dead, and it sweeps what the run left.
 *
 * Run as a program: `node watchdog.ts DRIVER RUN_ID`.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadDriver } from '../registry.ts';

export interface Watchdog {
  /** Tells it that the run has cleaned up after itself. */
  dismiss(): void;
}

export function startWatchdog(driver: string, runId: string): Watchdog {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), driver, runId], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  const { stdin } = child;
  // The watchdog may be gone first (somebody killed it); that is no reason to end the run.
  stdin.on('error', () => undefined);
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return { dismiss: () => void stdin.end('dismissed\n') };
}

/** How often sweeping is tried: an engine of containers may be busy just then. */
const ATTEMPTS = 5;

async function watch(driverName: string, runId: string): Promise<void> {
  // It is in a session of its own; signals meant for the harness must not reach it before its work is done.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  let heard = '';
  for await (const chunk of process.stdin) heard += String(chunk);
  if (heard.includes('dismissed')) return;
  const driver = await loadDriver(driverName);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await driver.sweep(runId);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}

if (import.meta.main) {
  const [driver, runId] = process.argv.slice(2);
  if (driver === undefined || runId === undefined) throw new Error('usage: watchdog DRIVER RUN_ID');
  await watch(driver, runId);
}
