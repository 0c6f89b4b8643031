/**
 * Picks how a run is shown: a live picture where somebody watches, plain lines where they are kept.
 */
import { env } from 'node:process';
import type { Progress } from '../core/progress.ts';
import { createLiveView } from './live-view.ts';
import { createPlainView } from './plain-view.ts';

/** Shows a run on `stream`: standard output, or standard error when the output is for a program. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const { CI = '', TERM } = env;
  const inCi = CI !== '' && CI !== 'false';
  const watched = stream.isTTY && stream.columns > 0 && !inCi && TERM !== 'dumb';
  return watched ? createLiveView(stream) : createPlainView(stream);
}
