import { expect, test } from 'vitest';
import type { JournalEntry } from '../../harness/core/journal.ts';
import type { Run } from '../../harness/core/run.ts';
import { judgeStall } from './stall-harness.ts';

const STALLED = { reason: 'harness stalled', scope: 'run', detail: 'The harness stood still for 3.0 s.' };
const STALL: JournalEntry = { at: 10e9, kind: 'stall', forMs: 3000 };
const run = (changed: object = {}): Run =>
  ({
    state: 'judged',
    verdict: 'unknown',
    findings: [],
    unknowns: [STALLED],
    disturbances: [{ injected: 5e9, healed: 15e9 }],
    ...changed,
  }) as unknown as Run;

test('a stall in a fault that the run names, and lays at no node, is told', () => {
  expect(judgeStall(run(), [STALL])).toMatchObject({ verdict: 'pass', broken: [], doubts: [] });
});

test.each<[string, object, readonly JournalEntry[], string]>([
  ['a pass that says nothing of it', { verdict: 'pass', unknowns: [] }, [STALL], 'the run does not name the stall'],
  ['a journal without it', {}, [], 'the stall is not in the journal'],
  ['a journal with a shorter one', {}, [{ ...STALL, forMs: 1500 }], 'the stall is not in the journal'],
  ['a run that was not judged', { state: 'begun' }, [STALL], 'the run was not judged'],
  [
    'a node that is accused of it',
    { unknowns: [STALLED, { reason: 'node silent', scope: 'n1', detail: 'n1 was silent.' }] },
    [STALL],
    'n1 was silent.',
  ],
  [
    'a promise said to be broken',
    { findings: [{ promised: true, verdict: 'fail', guarantee: 'recovers' }] },
    [STALL],
    'recovers',
  ],
])('%s is a fail', (_, changed, journal, what) => {
  expect(judgeStall(run(changed), journal)).toMatchObject({ verdict: 'fail', broken: [what] });
});

test('a stall that met no disturbance proves nothing', () => {
  const early = run({ disturbances: [{ injected: 1e9, healed: 6e9 }, {}] });
  expect(judgeStall(early, [STALL])).toMatchObject({ verdict: 'unknown', broken: [] });
});
