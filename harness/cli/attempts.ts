/** Carries out one scenario, and again while it is unknown. */
import { basename } from 'node:path';
import type { Run } from '../core/run.ts';
import { triesAgain, type UnknownMode } from './unknown-mode.ts';

export interface Attempt {
  readonly run: Run;
  /** Absolute. */
  readonly folder: string;
}

/**
 * Each attempt as it ends, until one is no longer unknown, none is left, or the user interrupts. `once`: carries out one;
 * `earlier` are the names of the folders of those before it. `tell`: a line for the user.
 */
export async function* attempts(
  once: (earlier: readonly string[]) => Promise<Attempt>,
  { attempts: most, inVain }: UnknownMode,
  signal: AbortSignal,
  tell: (line: string) => void,
): AsyncGenerator<Attempt> {
  const earlier: string[] = [];
  for (let number = 1; number <= most && !signal.aborted; number++) {
    if (number > 1) tell(`Unknown: once more, with the same seed (attempt ${number} of ${most}).`);
    const attempt = await once(earlier);
    yield attempt;
    if (!triesAgain(attempt.run)) return;
    earlier.push(basename(attempt.folder));
  }
  if (inVain !== undefined && !signal.aborted) tell(inVain);
}
