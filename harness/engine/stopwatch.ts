/**
 * What a run measured of itself: times of day, seconds by part, versions, host. All of it goes under `measured`.
 */
import { arch, cpus, release, totalmem, type as osType } from 'node:os';
import type { Measured } from '../core/run.ts';

export interface Stopwatch {
  /** Starts timing a part; call the result at its end. */
  start(what: string): () => void;
  measured(versions: { readonly [name: string]: string }): Measured;
}

export function createStopwatch(runId: string): Stopwatch {
  const startedAt = new Date().toISOString();
  const seconds: { [what: string]: number } = {};
  return {
    start: (what) => {
      const began = performance.now();
      return () => {
        seconds[what] = Math.round(performance.now() - began) / 1000;
      };
    },
    measured: (versions) => ({
      runId,
      startedAt,
      finishedAt: new Date().toISOString(),
      seconds: { ...seconds },
      versions: { node: process.version, ...versions },
      host: {
        system: `${osType()} ${release()} ${arch()}`,
        cores: String(cpus().length),
        memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      },
    }),
  };
}
