import { expect, test } from 'vitest';
import type { DisturbanceEntry, JournalEntry } from '../core/journal.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { msToNs } from '../core/time.ts';
import { disturbanceRecords } from './disturbance-records.ts';

const key = 'paused/0-pause';
const asked: DisturbanceEntry = {
  kind: 'disturbance',
  what: 'asked',
  key,
  name: 'pause',
  slot: 'paused',
  fault: 'pause',
  disturbs: ['process'],
  options: { node: 'n2' },
  reach: ['n2'],
  plannedMs: 5000,
};

const moment = (ms: number, what: 'injected' | 'healing' | 'healed'): JournalEntry => ({
  at: msToNs(ms),
  kind: 'disturbance',
  what,
  key,
});
const failed = (ms: number, step: 'inject' | 'heal' | 'observe'): JournalEntry => ({
  at: msToNs(ms),
  kind: 'disturbance',
  what: 'failed',
  key,
  step,
  message: 'no agent',
});
const samples = (from: number, to: number): readonly JournalEntry[] =>
  Array.from({ length: (to - from) / 200 + 1 }, (_, index) => {
    const at = msToNs(from + 200 * index);
    return { at, kind: 'disturbance', what: 'sample', key, sample: { at, took: true, measured: {} } };
  });
const note = (ms: number): JournalEntry => ({ at: msToNs(ms), kind: 'note', text: 'the run goes on' });

function recordOf(...journal: readonly JournalEntry[]): Pick<DisturbanceRecord, 'bit' | 'missed' | 'unhealed'> {
  const [record] = disturbanceRecords([{ at: 0, ...asked }, ...journal]);
  const { bit, missed, unhealed } = record!;
  return { bit, ...(missed !== undefined && { missed }), ...(unhealed !== undefined && { unhealed }) };
}

test('what a disturbance of links may do is kept, where it is told', () => {
  const links = { keepsFromCoordinator: ['n2'], delaysMs: 700 };
  const recorded = (more: Partial<typeof links>) => disturbanceRecords([{ at: 0, ...asked, ...more }])[0];
  const [told, untold] = [recorded(links), recorded({})];
  expect(told).toMatchObject(links);
  for (const name of Object.keys(links)) expect(untold).not.toHaveProperty(name);
});

test('measured in force throughout, and healed, it bit', () => {
  const all = [moment(0, 'injected'), ...samples(200, 4800), moment(5000, 'healing'), moment(5100, 'healed')];
  expect(recordOf(...all, note(9000))).toEqual({ bit: true });
});

test('of a harness that was killed in the midst of it: it bit, and nothing tells of its heal', () => {
  const unhealed = 'the run was cut short, and nothing tells of its heal';
  expect(recordOf(moment(0, 'injected'), ...samples(200, 3000), note(3100))).toEqual({ bit: true, unhealed });
});

test('of a harness that was killed long after the last measurement nobody knows whether it bit', () => {
  const { bit, missed } = recordOf(moment(0, 'injected'), ...samples(200, 3000), note(4100));
  expect({ bit, missed }).toEqual({ bit: false, missed: 'nothing showed it in force for 1.1 s from 3.00 s on' });
});

test('of a harness that was killed before anything was measured: it did not bite, and was not healed', () => {
  expect(recordOf(moment(0, 'injected'), note(100))).toEqual({
    bit: false,
    missed: 'no measurement was done within 0.10 s of its injection, when its heal began or the run was cut short',
    unhealed: 'the run was cut short, and nothing tells of its heal',
  });
});

test('a heal that failed does not make it one that did not bite', () => {
  const all = [moment(0, 'injected'), ...samples(200, 4800), moment(5000, 'healing'), failed(5100, 'heal')];
  expect(recordOf(...all)).toEqual({ bit: true, unhealed: 'its heal failed: no agent' });
});

test('one that waits for its signal has a record from then on, and says what it waited for', () => {
  const waiting: JournalEntry = { at: 0, ...asked, what: 'waiting', awaited: 'the heal of cut' };
  const told = (...after: readonly JournalEntry[]) => disturbanceRecords([waiting, ...after]);
  const detail = 'it waited 2.5 s for the heal of cut, and the signal did not come';
  expect(told({ at: msToNs(2500), kind: 'disturbance', what: 'never', key, detail })).toMatchObject([
    { key, bit: false, missed: detail, signal: { awaited: 'the heal of cut' } },
  ]);
  expect(told(note(100))).toMatchObject([{ missed: 'it waited for the heal of cut, and the run was cut short' }]);
  const seen = 'cut was healed.';
  const began: readonly JournalEntry[] = [
    { at: msToNs(100), kind: 'signal', key, detail: seen },
    { at: msToNs(100), ...asked },
    ...[moment(100, 'injected'), ...samples(300, 4900), moment(5000, 'healing'), moment(5100, 'healed')],
  ];
  const records = told(...began);
  expect(records).toMatchObject([{ bit: true, signal: { awaited: 'the heal of cut', seen } }]);
  expect(records).toHaveLength(1);
});

test('an injection or a measurement that failed does', () => {
  expect(recordOf(failed(10, 'inject'), moment(20, 'healing'), moment(30, 'healed'))).toEqual({
    bit: false,
    missed: 'its inject failed: no agent',
  });
  const all = [moment(0, 'injected'), ...samples(200, 4800), failed(4900, 'observe'), moment(5000, 'healing')];
  expect(recordOf(...all, moment(5100, 'healed'))).toEqual({ bit: false, missed: 'its observe failed: no agent' });
});
