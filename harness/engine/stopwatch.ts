/**
 * What a run measured of itself: times of day, seconds by part, versions, host. All of it goes under `measured`.
 */
import { arch, cpus, release, totalmem, type as osType } from 'node:os';
import type { Measured, Run } from '../core/run.ts';
import type { Origin, RunNs } from '../core/time.ts';
import { trueUnixMs } from '../core/time.ts';

export interface Stopwatch {
  /** Starts timing a part; call the result at its end. */
  start(what: string): () => void;
  measured(versions: { readonly [name: string]: string }, stored?: Measured['stored']): Measured;
}

export function createStopwatch(runId: string, earlierAttempts: readonly string[] = []): Stopwatch {
  const startedAt = new Date().toISOString();
  const seconds: { [what: string]: number } = {};
  return {
    start: (what) => {
      const began = performance.now();
      return () => {
        seconds[what] = Math.round(performance.now() - began) / 1000;
      };
    },
    measured: (versions, stored) => ({
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
      ...(earlierAttempts.length > 0 && { earlierAttempts }),
      ...(stored !== undefined && { stored }),
    }),
  };
}

/**
 * What a run measured of itself, with what judging it again took beside it. Nothing of the run is replaced. A run that
 * nobody ended ended with the last entry of its journal; what it did not come to say of versions is filled in.
 */
export function measuredAgain(
  { state, measured }: Pick<Run, 'state' | 'measured'>,
  again: Measured,
  origin: Origin,
  last: RunNs,
): Measured {
  return {
    ...(again.stored !== undefined && { stored: again.stored }),
    ...measured,
    finishedAt: state === 'judged' ? measured.finishedAt : new Date(trueUnixMs(origin, last)).toISOString(),
    seconds: { ...measured.seconds, ...again.seconds },
    versions: { ...again.versions, ...measured.versions },
  };
}
