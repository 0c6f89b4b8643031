/** The user's signal that ends a run. */
import { EXIT, problem, SnowglobeError } from '../core/errors.ts';
import type { Output } from './output.ts';

/** Told where there is nothing to judge yet: the signal came before the cluster was launched. */
const INTERRUPTED = problem('Interrupted by a signal.', 'Nothing was judged, and what was begun is taken down.');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  /** Answers the user's signal. */
  tell: (text: string) => void;
  dispose(): void;
}

/** The first signal ends the run in order; the second says that healing goes on. */
export function onInterrupt(output: Output): Interruption {
  const controller = new AbortController();
  const listener = (): void => {
    interruption.tell(
      controller.signal.aborted
        ? 'Still healing; this takes a few seconds.'
        : 'Interrupted: healing, then judging what there is.',
    );
    controller.abort(new SnowglobeError(EXIT.interrupted, [INTERRUPTED]));
  };
  for (const name of SIGNALS) process.on(name, listener);
  const interruption: Interruption = {
    signal: controller.signal,
    tell: output.text,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
  return interruption;
}

/**
 * What failed because of the user's signal is the interruption, and nothing else: a terminal sends it to every process of
 * the harness's group, and it hits a program that is just being started, which has no group of its own yet. What could
 * not be found out about this machine is no word about the machine then.
 */
export function orInterruption(error: unknown, { signal }: Pick<Interruption, 'signal'>): unknown {
  if (!signal.aborted) return error;
  const endedBy = error instanceof Error && 'signal' in error ? error.signal : undefined;
  const isLack = error instanceof SnowglobeError && error.exitCode === EXIT.environment;
  return isLack || SIGNALS.some((name) => name === endedBy) ? signal.reason : error;
}
