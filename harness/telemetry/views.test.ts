import { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { NodeRate, ProgressEvent } from '../core/progress.ts';
import { NS_PER_S } from '../core/time.ts';
import { eventLine } from './event-line.ts';
import { liveFrame } from './live-frame.ts';
import { createLiveView } from './live-view.ts';
import { createPlainView } from './plain-view.ts';
import { advance, NOTHING_YET } from './run-state.ts';
import { textOf, widthOf } from './text.ts';

const begin = (nodes: readonly string[]): ProgressEvent => ({
  at: 0,
  kind: 'begin',
  scenario: 'storm',
  generator: 'snowflake',
  driver: 'sim',
  seed: '42',
  folder: 'runs/storm/x',
  plannedMs: 80_000,
  nodes,
});
const rates = (at: number, nodes: readonly NodeRate[]): ProgressEvent => ({
  at: at * NS_PER_S,
  kind: 'rates',
  nodes,
  stored: 1_234_567n,
  duplicates: 0,
});
const minting = (node: string): NodeRate => ({
  node,
  idsPerSecond: 20_113,
  status: 'minting',
  workerId: 1,
  offsetMs: 0.2,
});
const pause = { kind: 'disturbance', key: 'paused/0-pause', name: 'pause', label: 'paused: pause n2' } as const;

/** A run from its beginning to a pause of n2 that bites, and its heal. */
const STORY: readonly ProgressEvent[] = [
  begin(['n1', 'n2']),
  { at: 0, kind: 'waiting', text: 'launching 1 etcd member and 2 nodes' },
  { at: 1 * NS_PER_S, kind: 'phase', phase: 'launch' },
  { at: 1 * NS_PER_S, kind: 'waiting', text: 'waiting until nodes hold 2 worker IDs' },
  { at: 2 * NS_PER_S, kind: 'phase', phase: 'warm-up' },
  { at: 6 * NS_PER_S, kind: 'phase', phase: 'disturb' },
  { at: 6 * NS_PER_S, kind: 'slot', slot: 'paused', index: 0, count: 8, holder: 'n2' },
  { at: 6 * NS_PER_S, ...pause, what: 'asked', target: 'n2' },
  { at: 6.2 * NS_PER_S, ...pause, what: 'bites', measured: { alive: true, answers: false } },
  rates(7, [minting('n1'), { node: 'n2', idsPerSecond: 0, status: 'no answer' }]),
  { at: 13 * NS_PER_S, ...pause, what: 'healed' },
];
const LOG = [
  ' 0:00.0  storm shakes snowflake on sim  seed 42, 2 nodes, 80 s',
  ' 0:00.0  launching 1 etcd member and 2 nodes',
  ' 0:01.0  waiting until nodes hold 2 worker IDs',
  ' 0:02.0  warm-up',
  ' 0:06.0  disturb',
  ' 0:06.0  paused  slot 1 of 8, aimed at n2',
  ' 0:06.0  ○ paused: pause n2                  asked',
  ' 0:06.2  ● paused: pause n2                  bites  alive yes, answers no',
  ' 0:13.0  ✔ paused: pause n2                  healed',
];

/** A duplicate and others like it, seen while the run lasts. */
const SEEN: readonly ProgressEvent[] = [
  {
    at: 31.2 * NS_PER_S,
    kind: 'live',
    guarantee: 'unique',
    found: 3,
    emitted: 30.1 * NS_PER_S,
    what: 'ID 7 was minted by n1 and by n2',
  },
  { at: 32 * NS_PER_S, kind: 'pace', liveLagMs: 700, cpus: 0.62, ofCpus: 2 },
];

test('a violation that is seen while the run lasts is a line of the log, and counts in the picture', () => {
  expect(SEEN.map(eventLine).map((line) => line && textOf(line))).toEqual([
    ' 0:31.2  ✘ unique  ID 7 was minted by n1 and by n2, and 2 more  seen 1.1 s after it was minted',
    undefined,
  ]);
  const [totals] = frameText([...STORY, ...SEEN], 120).slice(-1);
  expect(totals).toContain('3 violations');
  expect(totals).toContain('harness 31 % of 2 CPUs');
  expect(frameText(STORY, 120).at(-1)).not.toMatch(/violations|harness/);
});

function frameText(events: readonly ProgressEvent[], columns: number, rows = 40): string[] {
  return liveFrame(events.reduce(advance, NOTHING_YET), { columns, rows }, 0).map(textOf);
}

/** As much of a terminal as the live view uses: lines, the cursor, and whether it is shown. */
class Screen extends Writable {
  columns = 100;
  rows = 40;
  lines: string[] = [''];
  cursorShown = true;
  #row = 0;
  #column = 0;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    // eslint-disable-next-line no-control-regex -- control characters are what a terminal is told by
    for (const [token] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) this.#take(token);
    done();
  }

  #take(token: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(token);
    if (up !== null) this.#row -= Number(up[1]);
    else if (token === '\u001b[0J')
      this.lines = [...this.lines.slice(0, this.#row), this.#line().slice(0, this.#column)];
    else if (token === '\u001b[?25l') this.cursorShown = false;
    else if (token === '\u001b[?25h') this.cursorShown = true;
    else if (token === '\r') this.#column = 0;
    else if (token === '\n') {
      this.#row++;
      this.#column = 0;
      if (this.#row === this.lines.length) this.lines.push('');
    } else {
      const line = this.#line();
      this.lines[this.#row] = line.slice(0, this.#column) + token + line.slice(this.#column + token.length);
      this.#column += token.length;
    }
  }

  #line(): string {
    const line = this.lines[this.#row];
    if (line === undefined) throw new Error(`the cursor went to line ${this.#row}, which is not on the screen`);
    return line;
  }
}

describe('the picture', () => {
  test('shows each node, what disturbs it, and the totals', () => {
    const text = frameText(STORY.slice(0, -1), 100);
    expect(text[0]).toMatch(/^ storm shakes snowflake on sim +seed 42$/);
    expect(text[1]).toMatch(/^ ⠋ disturb paused {2}1 of 8 +━+─+ {2}0:07 of 1:22$/);
    expect(text.find((line) => line.startsWith(' n1'))).toMatch(/1 {2}minting +20,113 +█ +\+0\.2 ms$/);
    expect(text.find((line) => line.startsWith(' n2'))).toMatch(/– {2}no answer +0 +▁ +– {2}● pause$/);
    expect(text.at(-1)).toBe(' 20,113 IDs/s to clients   1,234,567 stored   0 duplicates');
  });

  test('says what is waited for until there is a load', () => {
    expect(frameText(STORY.slice(0, 2), 100)[1]).toBe(' ⠋ launch  launching 1 etcd member and 2 nodes');
    expect(frameText(STORY.slice(0, 4), 100)[1]).toBe(' ⠋ launch  waiting until nodes hold 2 worker IDs');
    expect(frameText(STORY.slice(0, 5), 100)[1]).toMatch(/^ ⠋ warm-up +━─+ {2}0:02 of 1:22$/);
  });

  test('its clock is the clock of the log, also past the end of the plan', () => {
    const drain: ProgressEvent = { at: 84.2 * NS_PER_S, kind: 'phase', phase: 'drain' };
    expect(eventLine(drain)?.map(({ text }) => text)).toEqual([' 1:24.2  ', 'drain']);
    expect(frameText([...STORY, drain], 100)[1]).toMatch(/^ ⠋ drain +━+ {2}1:24 of 1:24$/);
  });

  test('a healed disturbance disturbs no more', () => {
    expect(frameText(STORY, 100).join('\n')).not.toContain('pause\n');
    expect(frameText(STORY, 100).join('\n')).not.toContain('●');
  });

  test('a disturbance of no single node stands beside the totals', () => {
    const lost = {
      kind: 'disturbance',
      key: 'q/0',
      name: 'etcd-quorum-loss',
      label: 'lost: etcd-quorum-loss',
    } as const;
    const text = frameText([...STORY, { at: 14 * NS_PER_S, ...lost, what: 'bites' }], 100);
    expect(text.at(-1)).toMatch(/duplicates {2}● lost: etcd-quorum-loss$/);
  });

  test('nodes beyond the room are counted, not shown', () => {
    const names = Array.from({ length: 64 }, (_, index) => `n${index + 1}`);
    const text = frameText([begin(names), rates(1, names.map(minting))], 100);
    expect(text).toHaveLength(10);
    expect(text).toContain(' … and 59 more, 59 of them minting, 1,186,667 IDs/s');
  });

  test('never more than ten lines, never wider than the terminal, whatever its size', () => {
    const size = fc.record({ columns: fc.integer({ min: 2, max: 220 }), rows: fc.integer({ min: 2, max: 60 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        size,
        fc.integer({ min: 0, max: STORY.length }),
        (count, terminal, told) => {
          const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
          const state = [begin(names), ...STORY.slice(1, told)].reduce(advance, NOTHING_YET);
          const lines = liveFrame(state, terminal, 3);
          expect(lines.length).toBeLessThanOrEqual(Math.max(2, Math.min(10, terminal.rows - 2)));
          for (const line of lines) expect(widthOf(line)).toBeLessThan(terminal.columns);
        },
      ),
    );
  });
});

describe('the live view', () => {
  afterEach(() => vi.useRealTimers());

  test('leaves the log, takes the picture away and shows the cursor again', () => {
    vi.useFakeTimers();
    const screen = new Screen();
    const view = createLiveView(screen);
    expect(screen.cursorShown).toBe(false);
    for (const event of STORY) {
      view.event(event);
      vi.advanceTimersByTime(130);
    }
    expect(screen.lines.slice(0, LOG.length)).toEqual(LOG);
    expect(screen.lines.at(-2)).toContain('stored');
    view.end(undefined);
    expect(screen.lines).toEqual([...LOG, '']);
    expect(screen.cursorShown).toBe(true);
  });

  test('what was told just before the end is in the log', () => {
    vi.useFakeTimers();
    const screen = new Screen();
    const view = createLiveView(screen);
    for (const event of STORY) view.event(event);
    view.end(undefined);
    expect(screen.lines).toEqual([...LOG, '']);
  });

  test('a line that is told beside the events stays above the picture', () => {
    vi.useFakeTimers();
    const screen = new Screen();
    const view = createLiveView(screen);
    for (const event of STORY) view.event(event);
    vi.advanceTimersByTime(130);
    view.line('Interrupted.');
    vi.advanceTimersByTime(500);
    view.end(undefined);
    expect(screen.lines).toEqual([...LOG, `${' '.repeat(9)}Interrupted.`, '']);
  });

  test('gives up its timer and its listeners, and may end twice', () => {
    const listeners = (): number[] =>
      ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGTSTP', 'SIGCONT'].map((name) => process.listenerCount(name));
    const before = listeners();
    vi.useFakeTimers();
    const screen = new Screen();
    const view = createLiveView(screen);
    view.end(undefined);
    view.end(undefined);
    expect(vi.getTimerCount()).toBe(0);
    expect(listeners()).toEqual(before);
    expect(screen.listenerCount('resize')).toBe(0);
  });

  test('the process that exits in the middle shows the cursor', () => {
    const screen = new Screen();
    const view = createLiveView(screen);
    const onExit = process.listeners('exit').at(-1) as (code: number) => void;
    onExit(1);
    expect(screen.cursorShown).toBe(true);
    view.end(undefined);
  });
});

describe('the plain view', () => {
  test('writes a line for each thing that happened, and figures every two seconds of the reader at most', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const screen = new Screen();
    const view = createPlainView(screen);
    for (const event of STORY) view.event(event);
    expect(screen.lines).toEqual([...LOG, '']);
    const figures = [minting('n1'), { node: 'n2', idsPerSecond: 0, status: 'no answer' } as const];
    for (let second = 14; second < 20; second++) {
      vi.advanceTimersByTime(1000);
      view.event(rates(second, figures));
    }
    expect(screen.lines.slice(LOG.length, -1)).toEqual(
      [15, 17, 19].map(
        (second) =>
          ` 0:${second}.0  20,113 IDs/s to clients · 1,234,567 stored · 0 duplicates · n1 worker 1 minting, clock +0.2 ms · n2 no answer`,
      ),
    );
    vi.useRealTimers();
  });
});
