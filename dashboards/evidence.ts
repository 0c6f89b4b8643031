/**
 * SQL that the dashboards share. Table names are plain: the data source names the database. `$run`, `$ids` and `$batches`
 * are the dashboards' variables, `$__…` macros of the ClickHouse data source, which are given a plain name and nothing
 * else: the data source finds their end by the next parenthesis.
 */
import type { FACT_TABLES, TABLES } from '../harness/core/store.ts';
import { COLUMN, tableName } from '../harness/stores/clickhouse/schema.ts';
import type { Sql } from './spec.ts';

const { runs, ids, batches, disturbances } = COLUMN;

const table = (name: (typeof TABLES)[number] | (typeof FACT_TABLES)[number], idBits: 64 | 128 = 64): string =>
  tableName(name, idBits);

export const TABLE = {
  runs: table('runs'),
  disturbances: table('disturbances'),
  offsets: table('offsets'),
  witnesses: table('witnesses'),
} as const;

/** What a table holds of the chosen run. */
export const OF_RUN = `${runs.run} = '$run'`;

/** One field of the chosen run. */
export const ofRun = (column: keyof typeof runs): string =>
  `assumeNotNull((SELECT ${column} FROM ${TABLE.runs} WHERE ${OF_RUN}))`;

/** A moment of the run (nanoseconds since its origin) on the axis of true time. */
export const momentOf = (at: string): string => `fromUnixTimestamp64Nano(toInt64(${ofRun('origin_ns')} + ${at}))`;

/** A node's name by its number. */
export const nodeName = (node: string): string => `arrayElement(${ofRun('nodes')}, ${node} + 1)`;

/**
 * All emissions of IDs that were minted more than once, as `emissions(id, life, worker, moment, place)`: `place` counts
 * those of one ID in order of time, so that what is above 1 is a duplicate. The tables are sorted by ID and by position:
 * this streams, and keeps in memory no more than there are duplicates.
 */
export const EMISSIONS = `
emissions AS (
  SELECT
    emission.${ids.id} AS id,
    concat(${nodeName(`emission.${ids.node}`)}, '.', toString(emission.${ids.incarnation})) AS life,
    emission.${ids.worker} AS worker,
    ${momentOf(`call.${batches.called}`)} AS moment,
    row_number() OVER (PARTITION BY emission.${ids.id} ORDER BY call.${batches.called}, life, emission.${ids.seq}) AS place
  FROM (
    SELECT * FROM $ids
    WHERE ${OF_RUN} AND ${ids.id} IN (
      SELECT ${ids.id} FROM $ids WHERE ${OF_RUN} ORDER BY ${ids.id} LIMIT 1 OFFSET 1 BY ${ids.id}
    )
  ) AS emission
  ASOF JOIN (SELECT * FROM $batches WHERE ${OF_RUN} AND ${batches.count} > 0) AS call
  ON emission.${ids.node} = call.${batches.node} AND emission.${ids.incarnation} = call.${batches.incarnation}
    AND emission.${ids.lane} = call.${batches.lane} AND emission.${ids.seq} >= call.${batches.first_seq}
)`.trim();

/** The variables of every dashboard, in the order in which they depend on one another. */
export const VARIABLES = [
  {
    name: 'run',
    label: 'Run',
    sql: `SELECT ${runs.run} FROM ${TABLE.runs} ORDER BY ${runs.origin_ns} DESC`,
    hidden: false,
  },
  { name: 'ids', label: 'Table of IDs', sql: tableOfRun('ids'), hidden: true },
  { name: 'batches', label: 'Table of batches', sql: tableOfRun('batches'), hidden: true },
] as const;

/** Runs with 128-bit IDs have tables of their own. */
function tableOfRun(name: 'ids' | 'batches'): string {
  return `SELECT if(${runs.id_bits} = 128, '${table(name, 128)}', '${table(name)}') FROM ${TABLE.runs} WHERE ${OF_RUN}`;
}

/** The disturbances as spans on every panel with a time axis. */
export const DISTURBANCES: Sql = {
  sql: `
SELECT moment AS time, ended AS timeEnd, text, tags
FROM (
  SELECT
    ${momentOf(`assumeNotNull(${disturbances.injected})`)} AS moment,
    ${momentOf(`ifNull(${disturbances.healed}, ${ofRun('last')})`)} AS ended,
    concat(${disturbances.label}, if(${disturbances.bit} = 1, '', ' (did not bite)')) AS text,
    arrayStringConcat(${disturbances.disturbs}, ',') AS tags
  FROM ${TABLE.disturbances} WHERE ${OF_RUN} AND ${disturbances.injected} IS NOT NULL
)
WHERE $__timeFilter_ms(moment)
ORDER BY time`.trim(),
  rows: { time: 'time', timeEnd: 'time', text: 'text', tags: 'text' },
};
