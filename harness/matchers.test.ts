import { describe, expect, test } from 'vitest';
import { failingCached } from '../reports/fixtures/cached.ts';
import { passingStorm } from '../reports/fixtures/storm.ts';
import { sloScope } from './core/doubts-of.ts';
import type { Run } from './core/run.ts';
import type { SloRecord } from './core/slo.ts';
import './vitest.ts';

const pass = passingStorm();
const doubt = (scope: string): Run['unknowns'][number] => ({
  reason: 'node silent',
  scope,
  detail: 'It said nothing.',
});
const slo = (change: Partial<SloRecord>): SloRecord => ({
  name: 'p99',
  indicator: 'latency',
  what: 'latency of answered requests, 99th percentile',
  unit: 'ms',
  options: {},
  objective: { atMost: 10 },
  where: 'in the whole run',
  verdict: 'pass',
  value: 3,
  samples: 5000,
  minSamples: 1000,
  ...change,
});
const withSlo = (change: Partial<SloRecord>, more: Partial<Run> = {}): Run => ({
  ...pass,
  slos: [slo(change)],
  ...more,
});

/** Both fail: neither does it hold, nor the contrary. */
function neither(assert: (expectation: ReturnType<typeof expect<Run>>) => void, run: Run, says: RegExp): void {
  expect(() => assert(expect(run))).toThrow(says);
  expect(() => assert(expect(run).not)).toThrow(says);
}

describe('toPass', () => {
  test('holds of a run that passed, and its contrary of one that failed', () => {
    expect(pass).toPass();
    expect(failingCached()).not.toPass();
    expect(() => expect(pass).not.toPass()).toThrow('pass.');
    expect(() => expect(failingCached()).toPass()).toThrow(/fail\.[^]*To see it again: /);
  });

  test('neither holds of a run that proves nothing, nor of one that was never judged', () => {
    neither(
      (is) => is.toPass(),
      { ...pass, verdict: 'unknown', reasons: ['n1 was silent.'] },
      /unknown\.\nn1 was silent/,
    );
    neither((is) => is.toPass(), { ...pass, state: 'begun' }, /never judged/);
  });
});

describe('toKeep', () => {
  const change = (findings: (finding: Run['findings'][number]) => Partial<Run['findings'][number]>): Run => ({
    ...pass,
    findings: pass.findings.map((finding) => ({ ...finding, ...findings(finding) })),
  });

  test('holds of a promise that was kept, and its contrary of one that was broken', () => {
    expect(pass).toKeep('unique');
    expect(failingCached()).not.toKeep('unique');
    expect(() => expect(pass).not.toKeep('unique')).toThrow('unique was kept: 0 violations in');
  });

  test('neither holds of a guarantee that is unknown', () => {
    const run = change(({ guarantee }) => (guarantee === 'unique' ? { verdict: 'unknown' } : {}));
    neither((is) => is.toKeep('unique'), run, /Whether unique was kept is not known/);
    expect(run).toKeep('well-formed');
  });

  test('neither holds where the run is in doubt, unless the doubt is of another guarantee', () => {
    neither((is) => is.toKeep('unique'), { ...pass, unknowns: [doubt('n1')] }, /node silent \(n1\): It said nothing/);
    neither((is) => is.toKeep('unique'), { ...pass, unknowns: [doubt('unique')] }, /not known/);
    expect({ ...pass, unknowns: [doubt('recovers')] }).toKeep('unique');
  });

  test('an SLO hides no doubt of the run, whatever it is called', () => {
    for (const name of ['run', 'n1', 'unique'])
      neither((is) => is.toKeep('unique'), withSlo({ name }, { unknowns: [doubt('run'), doubt('n1')] }), /not known/);
    expect(withSlo({ name: 'unique' }, { unknowns: [doubt(sloScope('unique'))] })).toKeep('unique');
  });

  test('what is broken is broken, in doubt or not', () => {
    expect({ ...failingCached(), unknowns: [doubt('n1')] }).not.toKeep('unique');
  });

  test('neither holds of a guarantee that was not promised, however it went', () => {
    const { generator } = pass;
    const promises = generator.promises.filter(({ guarantee }) => guarantee !== 'unique');
    const run = { ...pass, generator: { ...generator, promises } };
    neither((is) => is.toKeep('unique'), run, /snowflake does not promise unique, so nothing was judged of it/);
  });

  test('neither holds of a promise that was not judged', () => {
    const run = { ...pass, findings: pass.findings.filter(({ guarantee }) => guarantee !== 'recovers') };
    neither((is) => is.toKeep('recovers'), run, /recovers is promised, and was not judged/);
  });

  test('of several scopes each promised one has to be kept', () => {
    const broken = change(({ guarantee, scope }) =>
      guarantee === 'increasing-across-lives' && scope === 'node'
        ? { promised: true, verdict: 'fail', violations: 1 }
        : {},
    );
    expect(broken).not.toKeep('increasing-across-lives');
    expect(pass).toKeep('increasing-across-lives');
  });

  test('a slip in the name is an error, negated or not', () => {
    neither((is) => is.toKeep('uniqe' as 'unique'), pass, /There is no guarantee "uniqe"\. Did you mean unique\?/);
  });
});

describe('toMeet', () => {
  test('holds of an SLO that was met, and its contrary of one that was missed', () => {
    expect(withSlo({})).toMeet('p99');
    const missed = withSlo({ verdict: 'fail', value: 12 });
    expect(missed).not.toMeet('p99');
    expect(() => expect(missed).toMeet('p99')).toThrow(
      'p99 was missed: latency of answered requests, 99th percentile, in the whole run: 12 ms, at most 10 ms, of 5,000 samples, 1,000 at the least.',
    );
  });

  test('neither holds of one that could not be judged, or that the run does not have', () => {
    const few = withSlo({ verdict: 'unknown', samples: 3, detail: 'Too few samples.' });
    neither((is) => is.toMeet('p99'), few, /could not be judged: .*of 3 samples.*Too few samples/);
    neither((is) => is.toMeet('p99'), withSlo({}, { unknowns: [doubt('n1')] }), /could not be judged/);
    neither((is) => is.toMeet('p98'), withSlo({}), /no SLO called "p98"\. Did you mean p99\?/);
    const { slos: _, ...unasked } = pass;
    neither((is) => is.toMeet('p99'), unasked, /No SLO was asked of this run/);
  });
});

test('an SLO that the scenario asks for, and the run leaves out, is told with why', () => {
  const asked = (name: string) => ({ name, indicator: 'latency' }) as NonNullable<Run['scenario']['slos']>[number];
  const scenario = { ...pass.scenario, slos: [asked('p99'), asked('p9')] };
  const reasons = [
    '2 SLOs (p50, p99) are not judged in this run: its time and its load are not real.',
    '1 SLO (p9) is not judged in this run: nothing was to be disturbed.',
  ];
  const run = { ...withSlo({ name: 'drift' }), driver: 'sim', scenario, reasons };
  const says = 'this run on sim did not judge it: ';
  expect(() => expect(run).toMeet('p9')).toThrow(`The scenario asks for p9, and ${says}nothing was to be disturbed.`);
  expect(() => expect(run).not.toMeet('p99')).toThrow(`The scenario asks for p99, and ${says}its time and`);
  expect(() => expect({ ...run, reasons: [] }).toMeet('p99')).toThrow('did not judge it; its reasons may say why.');
});

test('what is no run is an error, negated or not; a promise is told to be awaited', () => {
  expect(() => expect(42).not.toPass()).toThrow('toPass takes a run');
  expect(() => expect(Promise.resolve(pass)).not.toPass()).toThrow('a promise: await it');
});
