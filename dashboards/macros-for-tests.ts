/**
 * Macros of Grafana's ClickHouse data source, expanded as its documentation says (README of grafana/clickhouse-datasource,
 * "Macros"), and the variables of a dashboard: what Grafana does to a query before ClickHouse sees it.
 */
export interface PanelContext {
  /** The time range of the dashboard, Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** From one point to the next. */
  readonly intervalMs: number;
  readonly variables: Readonly<Record<string, string>>;
}

const seconds = (ms: number): string => `toDateTime(${Math.floor(ms / 1000)})`;
const milliseconds = (ms: number): string => `fromUnixTimestamp64Milli(${ms})`;
const between = (column: string, from: string, to: string): string => `${column} >= ${from} AND ${column} <= ${to}`;

/** What stands for a macro; the column is '' where it takes none. */
const MACROS: Readonly<Record<string, (column: string, context: PanelContext) => string>> = {
  fromTime: (_, { fromMs }) => seconds(fromMs),
  toTime: (_, { toMs }) => seconds(toMs),
  fromTime_ms: (_, { fromMs }) => milliseconds(fromMs),
  toTime_ms: (_, { toMs }) => milliseconds(toMs),
  interval_s: (_, { intervalMs }) => String(Math.max(1, Math.floor(intervalMs / 1000))),
  timeFilter: (column, { fromMs, toMs }) => between(column, seconds(fromMs), seconds(toMs)),
  timeFilter_ms: (column, { fromMs, toMs }) => between(column, milliseconds(fromMs), milliseconds(toMs)),
  timeInterval: (column, { intervalMs }) =>
    `toStartOfInterval(toDateTime(${column}), INTERVAL ${Math.max(1, Math.floor(intervalMs / 1000))} second)`,
  timeInterval_ms: (column, { intervalMs }) =>
    `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${Math.max(1, Math.floor(intervalMs))} millisecond)`,
};
const WITHOUT_COLUMN = new Set(['fromTime', 'toTime', 'fromTime_ms', 'toTime_ms', 'interval_s']);

/** Throws for a macro that there is not, that lacks its column, or whose argument is more than a plain name. */
export function expandMacros(sql: string, context: PanelContext): string {
  return sql.replace(/\$__(\w+)(?:\(([^)]*)\))?/g, (macro, name: string, column: string | undefined) => {
    const expand = MACROS[name];
    if (expand === undefined) throw new Error(`there is no macro ${macro}`);
    if (WITHOUT_COLUMN.has(name) !== (column === undefined)) throw new Error(`${macro}: one column, or none`);
    if (column !== undefined && !/^\w+$/.test(column)) throw new Error(`${macro}: a macro takes a plain name`);
    return expand(column ?? '', context);
  });
}

/** `$name` and `${name}`, as text. Throws for a variable that the dashboard does not have. */
export function expandVariables(sql: string, { variables }: PanelContext): string {
  return sql.replace(/\$(?:\{(\w+)\}|(?!__)(\w+))/g, (found, braced?: string, plain?: string) => {
    const value = variables[braced ?? plain ?? ''];
    if (value === undefined) throw new Error(`the dashboard has no variable ${found}`);
    return value;
  });
}
