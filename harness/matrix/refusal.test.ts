import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import type { Run } from '../core/run.ts';
import type { FigureRecord } from '../core/slo.ts';
import { whereText } from '../core/slo-words.ts';
import { NS_PER_S } from '../core/time.ts';
import { refusalOf } from './refusal.ts';

/** One second of one node; `ok` of ten requests were answered, the others refused. */
const second = (at: number, node: string, ok: number): JournalEntry => ({
  at: at * NS_PER_S,
  kind: 'load',
  node,
  sent: 10,
  dropped: 0,
  ok,
  ids: ok,
  refused: ok < 10 ? { waiting: 10 - ok } : {},
  errors: {},
  noAnswer: 0,
});

const seconds = (at: number, ...ok: readonly number[]): readonly JournalEntry[] =>
  ok.map((answered, index) => second(at, `n${index + 1}`, answered));

const MEASURED: FigureRecord = {
  name: 'refusal',
  indicator: 'refusal',
  what: 'seconds without IDs',
  unit: 's',
  where: whereText('whole'),
  value: 2.5,
  samples: 10,
};

/** n1 and n2 are in the reach of a disturbance from 10 s to 12 s, and for 8 s after it. */
function run(figures: readonly FigureRecord[] = [MEASURED], disturbs: readonly string[] = ['process']): Run {
  const disturbances = [
    { key: 'a', name: 'a', disturbs, reach: ['n1', 'n2'], injected: 10 * NS_PER_S, healed: 12 * NS_PER_S },
  ];
  return { disturbances, nodes: ['n1', 'n2', 'n3'], figures } as unknown as Run;
}

test('the seconds are those that the run measured as a whole, not those of one of its parts', () => {
  const part = { ...MEASURED, where: 'in the reach of a: pause', value: 7 };
  expect(refusalOf(run([part, MEASURED]), seconds(11, 0, 10, 10)).seconds).toBe(2.5);
});

test('requests that are refused count in the reach of a disturbance, until 8 s after its heal', () => {
  expect(refusalOf(run(), seconds(11, 0, 4, 0)).requests).toBe(16);
  expect(refusalOf(run(), [...seconds(9, 0, 0, 0), ...seconds(21, 0, 0, 0)]).requests).toBe(0);
  expect(refusalOf(run(), seconds(20.5, 0, 10, 10)).requests).toBe(10);
  expect(refusalOf(run([MEASURED], []), seconds(11, 0, 0, 0)).requests).toBe(0);
});

test('where nobody was asked within a reach nothing was refused', () => {
  expect(refusalOf(run([]), seconds(9, 0, 0, 0))).toEqual({ seconds: 0, requests: 0 });
});

test('a run that was cut short before it could measure them tells no seconds', () => {
  expect(refusalOf(run([]), seconds(11, 0, 10, 10))).toEqual({ requests: 10 });
});
