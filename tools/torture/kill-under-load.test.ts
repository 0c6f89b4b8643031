import { expect, test } from 'vitest';
import type { LabRun } from '../lab.ts';
import { judgeKills } from './kill-under-load.ts';

/** Two kills, at 2 s and 4 s of a run in which both nodes mint `perSecond` IDs in each second. */
function run({
  perSecond = 500_000,
  bits = [true, true],
  lanes = ['n1', 'n2'].map((node) => ({ node, minted: '7', stored: '7' })),
  ...rest
}: {
  readonly perSecond?: number;
  readonly bits?: readonly boolean[];
  readonly lanes?: readonly { readonly node: string; readonly minted: string; readonly stored: string }[];
  readonly minted?: string;
  readonly broken?: readonly string[];
  readonly doubts?: readonly string[];
}): LabRun {
  const values = Array.from({ length: 50 }, () => perSecond / 10);
  return {
    generator: 'snowflake',
    seed: '1',
    verdict: 'pass',
    broken: rest.broken ?? [],
    causes: {},
    doubts: rest.doubts ?? [],
    run: {
      nodes: ['n1', 'n2'],
      scenario: { timetable: { slots: [{ disturbances: [{}] }, { disturbances: [{}] }] } },
      evidence: { minted: rest.minted ?? '14', stored: '14', tornBytes: 0, lanes },
      disturbances: bits.map((bit, index) => ({ bit, injected: (index + 1) * 2e9 })),
      series: { bucketMs: 100, idsByNode: ['n1', 'n2'].map((node) => ({ node, values })) },
    },
  } as unknown as LabRun;
}

test('stored = minted, all kills bit, nothing in doubt: a pass that tells its rate', () => {
  expect(judgeKills(run({}))).toMatchObject({
    verdict: 'pass',
    broken: [],
    doubts: [],
    idsPerSecond: [1e6, 1e6],
    counted: { 'of them at 1 million IDs/s before each kill': 1 },
  });
});

test('a trial below the rate passes, and is not counted as one that reached it', () => {
  const trial = judgeKills(run({ perSecond: 400_000 }));
  expect(trial).toMatchObject({ verdict: 'pass', counted: { 'of them at 1 million IDs/s before each kill': 0 } });
  expect(trial.remark).toContain('IDs/s before the kills: 800000, 800000');
});

test('a doubt that only says that the machine was busy is told in the remark', () => {
  const trial = judgeKills(run({ doubts: ['load not achieved', 'harness stalled'] }));
  expect(trial).toMatchObject({ verdict: 'pass', doubts: [] });
  expect(trial.remark).toContain('a busy machine: load not achieved, harness stalled');
});

test.each<[string, Parameters<typeof run>[0], string]>([
  ['of which not every kill bit', { bits: [true, false] }, '1 of 2 kills bit'],
  ['in which a kill was never tried', { bits: [true] }, '1 of 2 kills bit'],
  ['in which nothing was minted', { lanes: [] }, 'nothing was minted'],
  ['in which a node minted nothing', { lanes: [{ node: 'n1', minted: '14', stored: '14' }] }, 'n2 minted nothing'],
  ['in which nothing was minted before a kill', { perSecond: 0 }, 'nothing was minted before a kill'],
  ['whose evidence is in doubt', { doubts: ['live path blind'] }, 'live path blind'],
  ['that was cut short', { doubts: ['run cut short', 'node silent'] }, 'run cut short'],
])('a trial %s is no pass', (_, given, doubt) => {
  expect(judgeKills(run(given))).toMatchObject({ verdict: 'unknown', broken: [], doubts: [doubt] });
});

test('an ID too few in the store, in all or in a lane, is a fail; so is a broken promise', () => {
  const swapped = [
    { node: 'n1', minted: '8', stored: '7' },
    { node: 'n2', minted: '6', stored: '7' },
  ];
  expect(judgeKills(run({ minted: '15' }))).toMatchObject({ verdict: 'fail', broken: ['15 minted and 14 stored'] });
  expect(judgeKills(run({ lanes: swapped })).verdict).toBe('fail');
  expect(judgeKills(run({ broken: ['unique'], bits: [] }))).toMatchObject({ verdict: 'fail', broken: ['unique'] });
});
