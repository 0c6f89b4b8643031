/**
 * What a dashboard shows, as data: build.ts makes Grafana's JSON of it, and the tests carry each query out.
 */

/** The uids of the data sources in provisioning/datasources. */
export const SOURCES = {
  clickhouse: { type: 'grafana-clickhouse-datasource', uid: 'snowglobe-clickhouse' },
  prometheus: { type: 'prometheus', uid: 'snowglobe-prometheus' },
} as const;

/** What a panel needs of a column. A `gap` is a number that may be missing. */
export type Kind = 'time' | 'text' | 'number' | 'gap';

/** Exact evidence, of a run that is judged or at least collected. */
export interface Sql {
  readonly sql: string;
  /** The columns that it returns, in their order. */
  readonly rows: Readonly<Record<string, Kind>>;
}

/** What the harness says while the run lasts. */
export interface PromQl {
  readonly promql: string;
  /** Name of a series, with labels as `{{node}}`. */
  readonly legend: string;
}

export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  readonly show: 'stat' | 'table' | 'timeseries' | 'heatmap';
  /** A unit of Grafana's: `short`, `ms`, `s`. */
  readonly unit: string;
  /** Of 24 columns, and in rows of 30 pixels. */
  readonly width: number;
  readonly height: number;
  readonly query: Sql | PromQl;
  /** Anything above 0 is bad, and red. */
  readonly zeroIsGood?: true;
}

export interface DashboardSpec {
  /** Also the name of the file. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly PanelSpec[];
}
