/**
 * What CI sees while a run lasts: a line for each thing that happened, and now and then one with the figures.
 */
import type { Progress } from '../core/progress.ts';
import { nsToMs } from '../core/time.ts';
import { eventLine } from './event-line.ts';
import { clock, count, harnessShare, offset } from './format.ts';
import type { NodeState, RunState } from './run-state.ts';
import { advance, NOTHING_YET, totalRate } from './run-state.ts';
import { painter, span } from './text.ts';

const FIGURES_EVERY_MS = 2000;

export function createPlainView(stream: NodeJS.WritableStream): Progress {
  const paint = painter(stream);
  let state = NOTHING_YET;
  // Of the reader's time, not of the run's: a simulated run has told its minute within a moment.
  let figuresAt = performance.now();
  return {
    event(event) {
      state = advance(state, event);
      const line = eventLine(event);
      if (line !== undefined) stream.write(`${paint(line)}\n`);
      if (event.kind !== 'rates' || performance.now() - figuresAt < FIGURES_EVERY_MS) return;
      figuresAt = performance.now();
      stream.write(`${paint([span(figures(state), 'faint')])}\n`);
    },
    line(text) {
      stream.write(`${text}\n`);
    },
    end() {},
  };
}

function figures(state: RunState): string {
  return [
    `${clock(nsToMs(state.at), true).padStart(7)}  ${count(totalRate(state))} IDs/s to clients`,
    `${count(state.stored)} stored`,
    `${count(state.duplicates)} duplicates`,
    ...(state.violations > state.duplicates ? [`${count(state.violations)} violations`] : []),
    ...(state.pace === undefined ? [] : [harnessShare(state.pace)]),
    ...state.nodes.map(nodeFigures),
  ].join(' · ');
}

function nodeFigures({ node, status, workerId, offsetMs }: NodeState): string {
  const worker = workerId === undefined ? '' : ` worker ${workerId}`;
  const clockText = offsetMs === undefined ? '' : `, clock ${offset(offsetMs)}`;
  return `${node}${worker} ${status}${clockText}`;
}
