/** Grafana's JSON of a dashboard, by its Foundation SDK. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { RUN_METRICS } from '../harness/core/metric-names.ts';
import { DISTURBANCES, VARIABLES } from './evidence.ts';
import type { DashboardSpec, PanelSpec, PromQl, Sql } from './spec.ts';
import { SOURCES } from './spec.ts';

const COLUMNS = 24;
/** No finer than the harness scrapes and buckets. */
const STEP = '1s';

/** The JSON that Grafana's provisioning reads. */
export function dashboardJson(spec: DashboardSpec): string {
  const dashboard = new grafana.DashboardBuilder(spec.title)
    .uid(`snowglobe-${spec.name}`)
    .description(spec.description)
    .tags(['snowglobe'])
    .timezone('utc')
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .readonly()
    .variables(VARIABLES.map(variable))
    .annotations([exactDisturbances(), liveDisturbances()]);
  for (const [index, panel] of placed(spec.panels).entries())
    dashboard.withPanel(
      panelOf(panel.spec)
        .id(index + 1)
        .gridPos(panel.gridPos),
    );
  return `${JSON.stringify(dashboard.build(), undefined, 2)}\n`;
}

/** From left to right, and on when a row is full. */
function placed(
  panels: readonly PanelSpec[],
): readonly { readonly spec: PanelSpec; readonly gridPos: grafana.GridPos }[] {
  let [x, y, below] = [0, 0, 0];
  return panels.map((spec) => {
    const { width: w, height: h } = spec;
    if (x + w > COLUMNS) [x, y] = [0, below];
    const gridPos = { x, y, w, h };
    x += w;
    below = Math.max(below, y + h);
    return { spec, gridPos };
  });
}

type PanelBuilder = stat.PanelBuilder | table.PanelBuilder | timeseries.PanelBuilder | heatmap.PanelBuilder;

function panelOf(spec: PanelSpec): PanelBuilder {
  const isSql = 'sql' in spec.query;
  const common = <Panel extends PanelBuilder>(panel: Panel): Panel => {
    panel.title(spec.title).description(spec.description).unit(spec.unit).interval(STEP);
    panel.datasource(isSql ? SOURCES.clickhouse : SOURCES.prometheus).withTarget(targetOf(spec));
    return panel;
  };
  switch (spec.show) {
    case 'stat': {
      const panel = common(new stat.PanelBuilder());
      if (spec.zeroIsGood === true) panel.thresholds(redAboveZero());
      // Of a series that is named by what it says, such as the verdict, the name is the news.
      return 'promql' in spec.query && spec.query.legend.includes('{{') ? panel.textMode(BigValueTextMode.Name) : panel;
    }
    case 'table':
      return common(new table.PanelBuilder());
    case 'timeseries':
      return common(new timeseries.PanelBuilder()).spanNulls(false);
    case 'heatmap':
      return common(new heatmap.PanelBuilder()).calculate(false);
  }
}

function redAboveZero(): grafana.ThresholdsConfigBuilder {
  return new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps([
    { color: 'green', value: null },
    { color: 'red', value: 1 },
  ]);
}

function targetOf({ query, show }: PanelSpec): Builder<Dataquery> {
  return 'sql' in query
    ? clickhouse(query, show === 'timeseries' || show === 'heatmap')
    : promql(query, show === 'stat');
}

function promql({ promql, legend }: PromQl, isInstant: boolean): Builder<Dataquery> {
  const query = new prometheus.DataqueryBuilder().refId('A').datasource(SOURCES.prometheus).expr(promql);
  query.legendFormat(legend);
  return isInstant ? query.instant() : query.range();
}

/** The SDK has no builder for this data source: its query as the plug-in stores it (`format`: 0 series, 1 table). */
function clickhouse({ sql }: Pick<Sql, 'sql'>, isSeries: boolean): Builder<Dataquery> {
  const query = {
    refId: 'A',
    datasource: SOURCES.clickhouse,
    editorType: 'sql',
    queryType: isSeries ? 'timeseries' : 'table',
    format: isSeries ? 0 : 1,
    rawSql: sql,
  };
  return { build: () => ({ ...query, _implementsDataqueryVariant: () => undefined }) };
}

function variable({ name, label, sql, hidden }: (typeof VARIABLES)[number]): grafana.QueryVariableBuilder {
  const made = new grafana.QueryVariableBuilder(name).label(label).datasource(SOURCES.clickhouse).query(sql);
  // A run that ends while somebody looks shows up with the next change of the time range.
  made.refresh(grafana.VariableRefresh.OnTimeRangeChanged).multi(false).includeAll(false);
  return hidden ? made.hide(grafana.VariableHide.HideVariable) : made;
}

function exactDisturbances(): grafana.AnnotationQueryBuilder {
  return new grafana.AnnotationQueryBuilder()
    .name('Disturbances (exact)')
    .datasource(SOURCES.clickhouse)
    .enable(true)
    .iconColor('orange')
    .target(clickhouse(DISTURBANCES, false));
}

function liveDisturbances(): grafana.AnnotationQueryBuilder {
  return new grafana.AnnotationQueryBuilder()
    .name('Disturbances (live)')
    .datasource(SOURCES.prometheus)
    .enable(true)
    .iconColor('yellow')
    .expr(LIVE_DISTURBANCES)
    .step(STEP)
    .titleFormat('{{disturbance}}')
    .textFormat('in force, as the harness measures it');
}

export const LIVE_DISTURBANCES = `${RUN_METRICS.disturbanceInForce.name} == 1`;
