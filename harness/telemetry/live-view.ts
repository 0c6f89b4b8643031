/**
 * What a user sees on a terminal while a run lasts: a log of what happened, and below it a picture of this moment that
 * is redrawn in place.
 */
import type { Progress, ProgressEvent } from '../core/progress.ts';
import { EVENT_INDENT, eventLine } from './event-line.ts';
import { liveFrame } from './live-frame.ts';
import { advance, NOTHING_YET } from './run-state.ts';
import type { Line } from './text.ts';
import { painter, span, widthOf, wrap } from './text.ts';

const REDRAW_EVERY_MS = 100;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';
const up = (lines: number): string => (lines === 0 ? '\r' : `\u001b[${lines}A\r`);

/** Signals that end a process which does not listen to them. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type Terminal = NodeJS.WritableStream & { readonly columns: number; readonly rows: number };

export function createLiveView(stream: Terminal): Progress {
  const paint = painter(stream);
  let state = NOTHING_YET;
  let log: Line[] = [];
  let drawn: readonly Line[] = [];
  let tick = 0;
  let changed = false;
  let closed = false;

  /** Goes to the first line of the picture as the terminal shows it: after a resize its lines may take more rows. */
  const toTop = (): string => {
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / stream.columns)), 0);
    return up(rows);
  };
  const draw = (): void => {
    const happened = log.flatMap((line) => wrap(line, stream.columns - 1, EVENT_INDENT));
    const erase = toTop() + CLEAR_BELOW;
    drawn = liveFrame(state, stream, tick++);
    log = [];
    changed = false;
    // One write, so that the terminal never shows the half of it.
    stream.write(erase + [...happened, ...drawn].map((line) => `${paint(line)}\n`).join(''));
  };

  // The spinner turns while nothing changes: a launch may be silent for a while.
  const timer = setInterval(draw, REDRAW_EVERY_MS);
  timer.unref();

  const close = (): void => {
    if (closed) return;
    closed = true;
    clearInterval(timer);
    stream.off('resize', draw);
    process.off('exit', close);
    for (const signal of ENDINGS) process.off(signal, onEnding);
    process.off('SIGTSTP', onSuspend);
    process.off('SIGCONT', onContinue);
    if (changed) draw();
    stream.write(toTop() + CLEAR_BELOW + SHOW_CURSOR);
  };
  /** Listening to a signal takes its default away: where nobody else listens, it is given back. */
  const onEnding = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) {
      stream.write(SHOW_CURSOR);
      return;
    }
    close();
    process.kill(process.pid, signal);
  };
  const onSuspend = (): void => {
    stream.write(SHOW_CURSOR);
    // The shell will write below the picture: leave that alone and begin anew.
    drawn = [];
    process.kill(process.pid, 'SIGSTOP');
  };
  const onContinue = (): void => {
    stream.write(HIDE_CURSOR);
    draw();
  };

  stream.write(HIDE_CURSOR);
  stream.on('resize', draw);
  process.on('exit', close);
  for (const signal of ENDINGS) process.on(signal, onEnding);
  process.on('SIGTSTP', onSuspend);
  process.on('SIGCONT', onContinue);

  return {
    event(event: ProgressEvent) {
      state = advance(state, event);
      const line = eventLine(event);
      if (line !== undefined) log.push(line);
      changed = true;
    },
    line(text: string) {
      log.push([span(`${' '.repeat(EVENT_INDENT)}${text}`)]);
      changed = true;
    },
    end: close,
  };
}
