/**
 * Picks how a run is shown: a live picture where somebody watches, plain lines where they are kept.
 */
import { env } from 'node:process';
import type { Progress } from '../core/progress.ts';
import { createLiveView } from './live-view.ts';
import { createPlainView } from './plain-view.ts';

/** Tells several of everything, in their order. */
export function together(views: readonly Progress[]): Progress {
  return {
    event: (event) => {
      for (const view of views) view.event(event);
    },
    line: (text) => {
      for (const view of views) view.line(text);
    },
    end: (run) => {
      for (const view of views) view.end(run);
    },
  };
}

/** Shows a run on `stream`: standard output, or standard error when the output is for a program. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const { CI = '', TERM } = env;
  const inCi = CI !== '' && CI !== 'false';
  const watched = stream.isTTY && stream.columns > 0 && !inCi && TERM !== 'dumb';
  return watched ? createLiveView(stream) : createPlainView(stream);
}
