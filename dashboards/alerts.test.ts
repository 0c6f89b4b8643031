import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALL_METRICS } from '../harness/core/metric-names.ts';
import { ALERT_CASES } from './alert-cases.ts';
import type { Alert } from './alerts.ts';
import { ALERTS, RATE_RECORD } from './alerts.ts';
import { LIVE_DISTURBANCES } from './build.ts';
import { DASHBOARDS, generated } from './generated.ts';

const FOLDER = import.meta.dirname;

/** What can be asked for: of a histogram its three series. */
const KNOWN: ReadonlySet<string> = new Set([
  RATE_RECORD,
  ...ALL_METRICS.flatMap(({ name, type }) =>
    type === 'histogram' ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`) : [name],
  ),
]);
const namedIn = (promql: string): readonly string[] => promql.match(/\bsnowglobe[\w:]*/g) ?? [];

test('what is checked in is what the sources say; else: npm run dashboards', () => {
  const written = generated();
  for (const [file, content] of written)
    expect(readFileSync(join(FOLDER, file), 'utf8') === content, `${file} is not of today: npm run dashboards`).toBe(
      true,
    );
  expect(globSync('{grafana/*.json,alerts*.yaml}', { cwd: FOLDER }).toSorted()).toEqual([...written.keys()].toSorted());
});

test('each alert asks for metrics that exist', () => {
  for (const { name, expr } of ALERTS) {
    expect(namedIn(expr), name).not.toEqual([]);
    expect(
      namedIn(expr).filter((metric) => !KNOWN.has(metric)),
      name,
    ).toEqual([]);
  }
});

test('each panel and annotation asks for metrics that exist', () => {
  const asked = DASHBOARDS.flatMap(({ panels }) =>
    panels.flatMap(({ query }) => ('promql' in query ? [query.promql] : [])),
  );
  expect(asked.length).toBeGreaterThan(5);
  for (const promql of [...asked, LIVE_DISTURBANCES]) {
    expect(namedIn(promql), promql).not.toEqual([]);
    expect(
      namedIn(promql).filter((metric) => !KNOWN.has(metric)),
      promql,
    ).toEqual([]);
  }
});

test('each label that a summary or a legend shows is one of the metrics that it asks for', () => {
  // Beside those of the metric: those that every metric of a node has, and the one that `count_values` makes.
  const labelsOf = (promql: string): readonly string[] => [
    ...['node', 'incarnation'].filter(() => promql.includes('snowglobe_') && !promql.startsWith('snowglobe_run_')),
    ...[...promql.matchAll(/count_values\("(\w+)"/g)].map(([, made = '']) => made),
    ...ALL_METRICS.filter(({ name }) => promql.includes(name)).flatMap(({ labels }) => labels),
  ];
  const shown = [
    ...ALERTS.map(({ expr, summary }) => ({ promql: expr, text: summary, pattern: /\$labels\.(\w+)/g })),
    ...DASHBOARDS.flatMap(({ panels }) =>
      panels.flatMap(({ query }) =>
        'promql' in query ? [{ promql: query.promql, text: query.legend, pattern: /\{\{(\w+)\}\}/g }] : [],
      ),
    ),
  ].flatMap(({ promql, text, pattern }) =>
    [...text.matchAll(pattern)].map(([, label = '']) => ({ label, known: labelsOf(promql) })),
  );
  expect(shown.length).toBeGreaterThan(5);
  for (const { label, known } of shown) expect(known).toContain(label);
});

test('each alert has a case in which it fires and one in which it does not', () => {
  for (const { name } of ALERTS) {
    const cases = ALERT_CASES[name];
    expect(
      cases.some(({ fires }) => fires !== undefined),
      `${name} fires`,
    ).toBe(true);
    expect(
      cases.some(({ silentAt }) => silentAt.length > 0),
      `${name} is silent`,
    ).toBe(true);
  }
});

test('each says what is wrong, how grave it is, what to do and which claim it watches', () => {
  const all: readonly Alert[] = ALERTS;
  for (const { name, summary, runbook, claim, severity } of all) {
    expect(name).toMatch(/^Snowglobe[A-Z]\w+$/);
    expect(summary, name).toMatch(/\.$/);
    expect(runbook, name).toMatch(/\.$/);
    expect(claim, name).not.toBe('');
    expect(['critical', 'warning']).toContain(severity);
  }
});

test.each([
  'rate > 2x',
  'rate < 50 %',
  'p99 > 10 ms',
  'drift > 50 ms',
  'sequence resets',
  'backward clock',
  'worker-ID conflict',
  'duplicate',
  'etcd unavailable',
])('claim F4 is watched: %s', (what) =>
  expect(ALERTS.filter(({ claim }) => claim.startsWith(`F4: ${what}`))).not.toEqual([]),
);

test('claim F6 is watched: 50 % warn, 80 % are critical', () => {
  const watched = ALERTS.filter(({ claim }) => claim.startsWith('F6')).map(({ expr, severity }) => [
    expr.split(' ').at(-1),
    severity,
  ]);
  expect(watched).toEqual([
    ['0.5', 'warning'],
    ['0.8', 'critical'],
  ]);
});

test('panels of one dashboard do not overlap, and none is wider than the screen', () => {
  for (const { name } of DASHBOARDS) {
    const { panels } = JSON.parse(readFileSync(join(FOLDER, `grafana/${name}.json`), 'utf8')) as {
      readonly panels: readonly {
        readonly title: string;
        readonly gridPos: { x: number; y: number; w: number; h: number };
      }[];
    };
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size, name).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w)), name).toBeLessThanOrEqual(24);
  }
});
