/** Whether this machine can run the embedded store: by running it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SnowglobeError } from '../../core/errors.ts';
import type { Problem } from '../../core/errors.ts';
import { startEngine } from './embedded.ts';

export interface StoreReadiness {
  readonly version?: string;
  readonly problems: readonly Problem[];
}

/** Starts the engine in a folder of its own and ends it again: under a second. */
export async function storeReadiness(): Promise<StoreReadiness> {
  const folder = await mkdtemp(join(tmpdir(), 'snowglobe-store-'));
  try {
    const engine = await startEngine(folder);
    await engine.stop();
    return { version: `chdb ${engine.chdb} (ClickHouse ${engine.clickhouse})`, problems: [] };
  } catch (error) {
    if (!(error instanceof SnowglobeError)) throw error;
    return { problems: error.problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
