import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failingCached } from '../../reports/fixtures/cached.ts';
import { unknownRun } from '../../reports/fixtures/sparse.ts';
import { passingStorm } from '../../reports/fixtures/storm.ts';
import type { Promise_ } from '../core/guarantee.ts';
import { ALL_METRICS, RUN_METRICS } from '../core/metric-names.ts';
import type { ProgressEvent } from '../core/progress.ts';
import { createRunMetrics } from './run-metrics.ts';
import type { RunMetrics } from './run-metrics.ts';

const begin: ProgressEvent = {
  at: 0,
  kind: 'begin',
  scenario: 'storm',
  generator: 'snowflake',
  driver: 'local',
  seed: '42',
  folder: 'runs/storm/x',
  plannedMs: 80_000,
  nodes: ['n1', 'n2'],
};
const EXCUSED: readonly Promise_[] = [{ guarantee: 'unique', assuming: ['coordinator never rolls back'] }];

type Rates = Extract<ProgressEvent, { kind: 'rates' }>;
const rates = (over: Partial<Rates> = {}): Rates => ({
  at: 1,
  kind: 'rates',
  nodes: [{ node: 'n1', idsPerSecond: 100, status: 'minting', offsetMs: 12.5 }],
  stored: 500n,
  duplicates: 0,
  lagMs: 250,
  ...over,
});
const disturbed = (what: 'asked' | 'bites' | 'healed' | 'failed', key = 'a/0'): ProgressEvent => ({
  at: 1,
  kind: 'disturbance',
  what,
  key,
  name: key.replace('/', '-'),
  label: 'paused: pause n2',
});

function begun(promises: readonly Promise_[] = EXCUSED, ...events: readonly ProgressEvent[]): RunMetrics {
  const metrics = createRunMetrics(promises);
  for (const event of [begin, ...events]) metrics.event(event);
  return metrics;
}

/** Series of a metric, as `labels value`. */
async function seriesOf(metrics: RunMetrics, { name }: { readonly name: string }): Promise<readonly string[]> {
  const lines = (await metrics.text()).split('\n');
  return lines
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => line.slice(name.length).trim());
}

test('before anything is measured, nothing is claimed: no zero stands for what is not known', async () => {
  const metrics = begun();
  const { info, disturbancesActive, verdict, ...unknown } = RUN_METRICS;
  for (const metric of Object.values(unknown)) expect(await seriesOf(metrics, metric), metric.name).toEqual([]);
  expect(await seriesOf(metrics, info)).toEqual([
    '{scenario="storm",generator="snowflake",driver="local",seed="42"} 1',
  ]);
  expect(await seriesOf(metrics, disturbancesActive)).toEqual(['0']);
  expect(await seriesOf(metrics, verdict)).toEqual([
    '{verdict="pass"} 0',
    '{verdict="unknown"} 1',
    '{verdict="fail"} 0',
  ]);
});

test('what is seen while the run lasts is counted by guarantee, and how the harness keeps up is told', async () => {
  const seen = { kind: 'live', emitted: 1, what: 'ID 7 was minted twice by n1' } as const;
  const metrics = begun(
    EXCUSED,
    { ...seen, at: 2, guarantee: 'unique', found: 3 },
    { ...seen, at: 3, guarantee: 'unique', found: 1 },
    { ...seen, at: 3, guarantee: 'increasing-per-node', found: 2 },
    { at: 4, kind: 'pace', liveLagMs: 700, cpus: 0.62, ofCpus: 2 },
  );
  expect(await seriesOf(metrics, RUN_METRICS.liveViolations)).toEqual([
    '{guarantee="unique"} 4',
    '{guarantee="increasing-per-node"} 2',
  ]);
  expect(await seriesOf(metrics, RUN_METRICS.liveLag)).toEqual(['0.7']);
  expect(await seriesOf(metrics, RUN_METRICS.harnessCpus)).toEqual(['0.62']);
  // A promise that assumes something may yet be excused.
  expect(await seriesOf(metrics, RUN_METRICS.verdict)).toContain('{verdict="unknown"} 1');
});

test('a second of rates tells what is stored, how late, and where clocks stand; a node that is silent has no offset', async () => {
  const metrics = begun(EXCUSED, rates(), rates({ stored: 900n, duplicates: 3 }));
  expect(await seriesOf(metrics, RUN_METRICS.idsStored)).toEqual(['900']);
  expect(await seriesOf(metrics, RUN_METRICS.duplicates)).toEqual(['3']);
  expect(await seriesOf(metrics, RUN_METRICS.collectorLag)).toEqual(['0.25']);
  expect(await seriesOf(metrics, RUN_METRICS.idsAcknowledged)).toEqual(['{node="n1"} 200']);
  expect(await seriesOf(metrics, RUN_METRICS.clockOffset)).toEqual(['{node="n1"} 0.0125']);
  metrics.event(rates({ nodes: [{ node: 'n1', idsPerSecond: 0, status: 'no answer' }] }));
  expect(await seriesOf(metrics, RUN_METRICS.clockOffset)).toEqual([]);
});

test('where nothing is collected, nothing is said of what is stored', async () => {
  const { lagMs: _, ...uncollected } = rates();
  const metrics = begun(EXCUSED, uncollected);
  for (const metric of [RUN_METRICS.idsStored, RUN_METRICS.duplicates, RUN_METRICS.collectorLag])
    expect(await seriesOf(metrics, metric), metric.name).toEqual([]);
});

test('a disturbance is active from its bite to its heal', async () => {
  const metrics = begun(EXCUSED, disturbed('asked'), disturbed('asked', 'b/0'));
  expect(await seriesOf(metrics, RUN_METRICS.disturbancesActive)).toEqual(['0']);
  metrics.event(disturbed('bites'));
  metrics.event(disturbed('bites', 'b/0'));
  metrics.event(disturbed('healed'));
  expect(await seriesOf(metrics, RUN_METRICS.disturbancesActive)).toEqual(['1']);
  expect(await seriesOf(metrics, RUN_METRICS.disturbanceInForce)).toEqual([
    '{disturbance="a-0"} 0',
    '{disturbance="b-0"} 1',
  ]);
});

test('a duplicate is a failure at once where nothing can excuse it, and else when it is judged', async () => {
  const found = rates({ duplicates: 1 });
  const failed = (metrics: RunMetrics): Promise<boolean> =>
    seriesOf(metrics, RUN_METRICS.verdict).then((all) => all.includes('{verdict="fail"} 1'));
  expect(await failed(begun([{ guarantee: 'unique' }], found))).toBe(true);
  expect(await failed(begun(EXCUSED, found))).toBe(false);
  expect(await failed(begun([], found))).toBe(false);
});

test('the judged record adds what only the judge knows', async () => {
  const run = failingCached();
  const metrics = begun(EXCUSED, rates());
  metrics.end(run);
  const violations = (guarantee: string): number =>
    run.findings.find((finding) => finding.guarantee === guarantee)?.violations ?? NaN;
  expect(await seriesOf(metrics, RUN_METRICS.duplicates)).toEqual([String(violations('unique'))]);
  expect(await seriesOf(metrics, RUN_METRICS.workerIdOverlaps)).toEqual([String(violations('owns-worker-id'))]);
  expect(await seriesOf(metrics, RUN_METRICS.orderViolations)).toContain(
    `{guarantee="increasing-per-node",scope=""} ${violations('increasing-per-node')}`,
  );
  expect(await seriesOf(metrics, RUN_METRICS.verdict)).toContain('{verdict="fail"} 1');
});

test('evidence is whole only where all that was minted is stored and nothing throws doubt on it', async () => {
  const pass = passingStorm();
  const wholeOf = async (run: Parameters<RunMetrics['end']>[0]): Promise<readonly string[]> => {
    const metrics = begun();
    metrics.end(run);
    return seriesOf(metrics, RUN_METRICS.evidenceWhole);
  };
  expect(await wholeOf(pass)).toEqual(['1']);
  expect(await wholeOf({ ...pass, evidence: { ...pass.evidence, stored: '0' } })).toEqual(['0']);
  const lost = { reason: 'engine lost', scope: 'run', detail: 'It is gone.' } as const;
  expect(await wholeOf({ ...unknownRun(), unknowns: [lost] })).toEqual(['0']);
  expect(await wholeOf(undefined)).toEqual([]);
});

test('a run that nobody judged stays unknown, and its violations absent', async () => {
  const metrics = begun();
  metrics.end(undefined);
  expect(await seriesOf(metrics, RUN_METRICS.verdict)).toContain('{verdict="unknown"} 1');
  expect(await seriesOf(metrics, RUN_METRICS.orderViolations)).toEqual([]);
});

test('a finding for which nothing was looked at is no zero', async () => {
  const run = passingStorm();
  const metrics = begun();
  metrics.end({ ...run, findings: run.findings.map((finding) => ({ ...finding, checked: 0, violations: 0 })) });
  for (const metric of [RUN_METRICS.duplicates, RUN_METRICS.orderViolations, RUN_METRICS.workerIdOverlaps])
    expect(await seriesOf(metrics, metric), metric.name).toEqual([]);
});

test('counters never fall, whatever is told in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }), async (told) => {
      const metrics = begun();
      let before = 0;
      for (const duplicates of told) {
        metrics.event(rates({ duplicates }));
        const now = Number((await seriesOf(metrics, RUN_METRICS.duplicates))[0]);
        expect(now).toBe(Math.max(before, duplicates));
        before = now;
      }
    }),
    { numRuns: 50 },
  );
});

test('names follow the rules: a prefix, base units, `_total` for counters and nothing else, each once', () => {
  const names = ALL_METRICS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type, help, labels } of ALL_METRICS) {
    expect(name).toMatch(/^snowglobe_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|percent|micros)/);
    expect(help, name).toMatch(/\.$/);
    expect(labels, name).not.toContain('le');
  }
});
