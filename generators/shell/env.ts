/**
 * What a generator may touch, made of real parts.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Coordination, Disk, GeneratorEnv, Host } from '../../harness/core/generator.ts';
import type { JsonObject } from '../../harness/core/json.ts';
import type { Ranges } from '../../harness/core/ranges.ts';
import { monotonicNs, wallMs } from './clocks.ts';
import { restored } from './snapshot.ts';
import { startThread } from './thread.ts';

/** A refusal: the generator may mint no ID now. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

export interface EnvParts {
  readonly host: Host;
  readonly options: JsonObject;
  readonly coordination: Coordination;
  readonly ranges: Ranges;
  readonly diskFolder: string;
  readonly signal: AbortSignal;
}

export function createEnv(parts: EnvParts): GeneratorEnv {
  const { host, options, coordination, ranges, diskFolder, signal } = parts;
  setMaxListeners(0, signal); // every sleep listens to it
  const drawn = restored();
  return {
    wallMs,
    monotonicNs,
    // Node's timers live on the monotonic clock.
    sleep: (ms) => sleep(ms, undefined, { signal }),
    random: Math.random,
    refusal: (reason) => new Refusal(reason),
    log: (message) => console.error(`${host.name}.${host.incarnation}: ${message}`),
    signal,
    options,
    host,
    coordination,
    ranges,
    disk: folderDisk(diskFolder),
    startThread,
    ...(drawn !== undefined && { restored: drawn }),
  };
}

/** Files appear whole or not at all. */
function folderDisk(folder: string): Disk {
  return {
    async read(name) {
      try {
        return await readFile(join(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name, bytes) {
      const path = join(folder, name);
      await writeFile(`${path}.new`, bytes, { flush: true });
      await rename(`${path}.new`, path);
    },
  };
}
