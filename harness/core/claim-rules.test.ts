import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CarriedOut, Claim, Judgement, PartRecord, Trial } from './claim.ts';
import { judgeClaim, runsOf } from './claim-rules.ts';
import type { Run } from './run.ts';
import type { Verdict } from './verdict.ts';

/** As much of a run as the rules look at. */
function run(verdict: Verdict, broken = false): CarriedOut {
  const findings = broken ? [{ promised: true, verdict: 'fail', guarantee: 'unique' }] : [];
  return { run: { verdict, findings, unknowns: [], reasons: [], seed: '1' } as unknown as Run };
}

const held: Judgement = { outcome: 'held', because: 'Nothing broke.' };
const broken: Judgement = { outcome: 'broken', because: 'It broke.', witness: 'an ID' };

const trial: Trial = {
  kind: 'trial',
  says: 'it is safe',
  scenario: 'storm',
  generator: 'tried',
  seeds: 3,
  control: { generator: 'control', breaks: ['unique'] },
  judge: () => held,
};

const claimOf = (part: Claim['parts'][number]): Claim => ({ name: 'C1', claim: 'words', parts: [part] });

/** The one part, judged by what became of the runs of each generator, in the order of their seeds. */
function judged(part: Trial, tried: readonly (CarriedOut | undefined)[], control: readonly (CarriedOut | undefined)[]) {
  const { parts } = judgeClaim(
    claimOf(part),
    'sim',
    ({ generator, seed }) => (generator === 'tried' ? tried : control)[Number(seed) - 1],
  );
  return parts[0] as PartRecord;
}

const passes = Array.from({ length: 3 }, () => run('pass'));
const caught = Array.from({ length: 3 }, () => run('fail', true));

const outcomes = fc.constantFrom<CarriedOut | undefined>(
  undefined,
  { failed: 'no such scenario' },
  run('pass'),
  run('unknown'),
  run('fail'),
  run('fail', true),
);
const three = fc.array(outcomes, { minLength: 3, maxLength: 3 });

describe('a claim holds', () => {
  test('where each run passed and the control was caught', () => {
    expect(judged(trial, passes, caught)).toMatchObject({
      outcome: 'held',
      because: 'Nothing broke. control, which leaves the rule out, was caught in 3 of 3.',
    });
  });

  test('never with a run that is missing, unknown or failed, and never without a control that was caught', () => {
    fc.assert(
      fc.property(three, three, (tried, control) => {
        const isWhole = tried.every((one) => one !== undefined && 'run' in one && one.run.verdict === 'pass');
        const isShown = control.some((one) => one !== undefined && 'run' in one && one.run.findings.length > 0);
        expect(judged(trial, tried, control).outcome).toBe(isWhole && isShown ? 'held' : 'not judged');
      }),
    );
  });

  test('never without a control at all', () => {
    const { control: _, ...alone } = trial;
    expect(judged(alone, passes, caught)).toMatchObject({
      outcome: 'not judged',
      because: expect.stringContaining('no generator is known') as string,
    });
  });

  test('never by a control that broke another guarantee', () => {
    const other = { ...trial, control: { generator: 'control', breaks: ['recovers'] as const } };
    expect(judged(other, passes, caught).outcome).toBe('not judged');
  });
});

test('what is broken stays so beside runs that are missing or unknown, and needs no control; of those it is no word', () => {
  fc.assert(
    fc.property(three, three, (tried, control) => {
      const isThere = tried.some((one) => one !== undefined && 'run' in one && one.run.verdict !== 'unknown');
      expect(judged({ ...trial, judge: () => broken }, tried, control).outcome).toBe(isThere ? 'broken' : 'not judged');
    }),
  );
});

test('what a run that proved nothing lacks breaks nothing', () => {
  const silent = {
    ...trial,
    judge: (runs: readonly Run[]) => (runs.some((one) => one.verdict === 'unknown') ? broken : held),
  };
  expect(judged(silent, [run('pass'), run('unknown'), run('pass')], caught)).toMatchObject({
    outcome: 'not judged',
    because: expect.stringContaining('1 run of 3 proved nothing') as string,
  });
});

test('a figure stands only where no run is missing or unknown', () => {
  const measured = { ...trial, judge: (): Judgement => ({ outcome: 'measured', because: '3 s.' }) };
  expect(judged(measured, passes, []).outcome).toBe('measured');
  expect(judged(measured, [run('pass'), run('unknown'), run('pass')], []).outcome).toBe('not judged');
  expect(judged(measured, [run('pass'), { failed: 'gone' }, run('pass')], [])).toMatchObject({
    outcome: 'not judged',
    because: '1 run of 3 could not be carried out: gone.',
  });
});

test('what means nothing on a driver is not run there, and names the command that judges it', () => {
  const real: Trial = { ...trial, only: { drivers: ['local', 'docker'], because: 'Threads race in real time only.' } };
  expect(runsOf(real, 'sim')).toEqual([]);
  expect(runsOf(real, 'docker')).toHaveLength(6);
  expect(judged(real, passes, caught)).toMatchObject({
    outcome: 'not judged',
    because: 'Threads race in real time only. `snowglobe claims C1 --driver local` judges it.',
  });
});
