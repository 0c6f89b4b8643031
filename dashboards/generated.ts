/** Everything in this folder that is written by a program, by its file name. */
import { alertTests } from './alert-cases.ts';
import { alertRules } from './alerts.ts';
import { dashboardJson } from './build.ts';
import drift from './drift.ts';
import duplicates from './duplicates.ts';
import type { DashboardSpec } from './spec.ts';

export const DASHBOARDS: readonly DashboardSpec[] = [duplicates, drift];

export function generated(): ReadonlyMap<string, string> {
  return new Map([
    ['alerts.yaml', alertRules()],
    ['alerts.test.yaml', alertTests()],
    ...DASHBOARDS.map((spec): [string, string] => [`grafana/${spec.name}.json`, dashboardJson(spec)]),
  ]);
}
