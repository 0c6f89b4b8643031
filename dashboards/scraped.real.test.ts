/** A real Prometheus and our own metrics, without a cluster: the run is told, event by event. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ProgressEvent } from '../harness/core/progress.ts';
import { eventually } from '../harness/laws/cli-process.ts';
import { serveMetrics } from '../harness/telemetry/metrics-server.ts';
import { createRunMetrics } from '../harness/telemetry/run-metrics.ts';
import { failingCached } from '../reports/fixtures/cached.ts';
import { LIVE_DISTURBANCES } from './build.ts';
import { DASHBOARDS } from './generated.ts';
import { startPrometheus } from './prometheus-for-tests.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-scraped-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('what the harness tells is scraped, makes its alert fire, and leaves no live panel empty', async () => {
  await using server = await serveMetrics(0);
  const metrics = createRunMetrics([{ guarantee: 'unique' }]);
  server.show(metrics);
  const tell = (event: ProgressEvent): void => metrics.event(event);
  const second = (duplicates: number): ProgressEvent => ({
    ...{ at: 0, kind: 'rates', stored: 1000n, duplicates, lagMs: 300 },
    nodes: [{ node: 'n1', idsPerSecond: 100, status: 'minting', offsetMs: 1 }],
  });
  tell({
    ...{ at: 0, kind: 'begin', scenario: 'storm', generator: 'snowflake', driver: 'local', seed: '1' },
    ...{ folder: 'runs', plannedMs: 1, nodes: ['n1'] },
  });
  tell(second(0));
  const from = Date.now() / 1000;
  await using prometheus = await startPrometheus(join(root, 'prometheus'), new URL(server.url).host);
  await eventually('a first scrape', 15_000, async () =>
    (await prometheus.instant('snowglobe_run_info')) === 1 ? true : undefined,
  );
  expect(await prometheus.alerts()).toEqual([]);

  const planted = performance.now();
  tell({ at: 0, kind: 'disturbance', what: 'bites', key: 'a/0', name: 'paused', label: 's: paused n1' });
  tell(second(2));
  await eventually('the alert', 15_000, async () =>
    (await prometheus.alerts()).some(({ name, state }) => name === 'SnowglobeDuplicateId' && state === 'firing')
      ? true
      : undefined,
  );
  expect(performance.now() - planted).toBeLessThan(15_000);

  metrics.end(failingCached());
  await eventually('the verdict', 15_000, async () =>
    (await prometheus.instant('snowglobe_run_evidence_whole')) === 1 ? true : undefined,
  );
  const panels = DASHBOARDS.flatMap(({ panels }) =>
    panels.flatMap(({ query }) => ('promql' in query ? [query.promql] : [])),
  );
  const to = Date.now() / 1000;
  for (const promql of [...panels, LIVE_DISTURBANCES])
    expect(await prometheus.within(promql, from, to), promql).toBeGreaterThan(0);
});
