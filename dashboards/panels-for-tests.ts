/**
 * Carries out the SQL of every dashboard as Grafana would, and tells what its panels could not show.
 */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { FACT_TABLES, TABLES } from '../harness/core/store.ts';
import type { Address } from '../harness/stores/clickhouse/connection.ts';
import { DATABASE, tableName } from '../harness/stores/clickhouse/schema.ts';
import { DISTURBANCES, VARIABLES } from './evidence.ts';
import { DASHBOARDS } from './generated.ts';
import { expandMacros, expandVariables } from './macros-for-tests.ts';
import type { PanelContext } from './macros-for-tests.ts';
import type { Kind, Sql } from './spec.ts';

/** The types of ClickHouse that a panel takes for what it needs. */
const TAKES: Readonly<Record<Kind, RegExp>> = {
  time: /^DateTime/,
  text: /^(LowCardinality\()?String/,
  number: /^(U?Int\d+|Float64)$/,
  gap: /^Nullable\((U?Int\d+|Float64)\)$/,
};

const NAMES = [...TABLES.flatMap((table) => [table, tableName(table, 128)]), ...FACT_TABLES].join('|');

interface Answer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
}

export interface Shown {
  readonly panel: string;
  /** Empty: the panel shows what it is to show. */
  readonly problem: string;
  readonly rows: number;
}

/** Every SQL panel, and the annotations, of a run that the engine holds: one that returns no row is a problem. */
export async function panelsOf(
  address: Address,
  run: string,
  range: Omit<PanelContext, 'variables'>,
): Promise<Shown[]> {
  const client = createClient({
    ...address,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1, wait_end_of_query: 1 },
  });
  try {
    const context = { ...range, variables: await variablesOf(client, run, range) };
    const queries = DASHBOARDS.flatMap(({ name, panels }) =>
      panels.flatMap(({ title, query }) => ('sql' in query ? [{ panel: `${name}: ${title}`, query }] : [])),
    );
    const shown: Shown[] = [];
    for (const { panel, query } of [...queries, { panel: 'disturbances as annotations', query: DISTURBANCES }])
      shown.push({ panel, ...(await show(client, query, context)) });
    return shown;
  } finally {
    await client.close();
  }
}

/** Each variable is what its query returns first, given those before it; the run is the chosen one. */
async function variablesOf(
  client: ClickHouseClient,
  run: string,
  range: Omit<PanelContext, 'variables'>,
): Promise<Readonly<Record<string, string>>> {
  const variables: Record<string, string> = {};
  for (const { name, sql } of VARIABLES) {
    const { data } = await ask(client, sql, { ...range, variables });
    const values = data.map(([value]) => String(value));
    const chosen = name === 'run' ? values.find((value) => value === run) : values[0];
    if (chosen === undefined) throw new Error(`variable ${name} has no value for run ${run}: ${values.join(', ')}`);
    variables[name] = chosen;
  }
  return variables;
}

async function show(client: ClickHouseClient, query: Sql, context: PanelContext): Promise<Omit<Shown, 'panel'>> {
  const { meta, data } = await ask(client, query.sql, context);
  const wanted = Object.entries(query.rows);
  const wrong = wanted.flatMap(([name, kind], index) => {
    const found = meta[index];
    return found?.name === name && TAKES[kind].test(found.type) ? [] : [`${name} is ${found?.name} ${found?.type}`];
  });
  const more = meta.length === wanted.length ? [] : [`${meta.length} columns and not ${wanted.length}`];
  const empty = data.length === 0 ? ['no row'] : [];
  return { rows: data.length, problem: [...wrong, ...more, ...empty].join(', ') };
}

async function ask(client: ClickHouseClient, sql: string, context: PanelContext): Promise<Answer> {
  // The data source has a default database; the embedded engine has none.
  const query = expandMacros(expandVariables(sql, context), context).replace(
    new RegExp(`\\bFROM (${NAMES})\\b`, 'g'),
    `FROM ${DATABASE}.$1`,
  );
  const result = await client.query({ query, format: 'JSONCompact' });
  return JSON.parse(await result.text()) as Answer;
}
