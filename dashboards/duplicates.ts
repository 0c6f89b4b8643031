/** `duplicates`: how many, when, who with whom, under which worker ID, and why. */
import { RUN_METRICS as RUN } from '../harness/core/metric-names.ts';
import { COLUMN } from '../harness/stores/clickhouse/schema.ts';
import { EMISSIONS, momentOf, OF_RUN, TABLE } from './evidence.ts';
import type { DashboardSpec } from './spec.ts';

const { witnesses } = COLUMN;
const UNIQUE = `${OF_RUN} AND ${witnesses.guarantee} = 'unique'`;

export default {
  name: 'duplicates',
  title: 'snowglobe: duplicates',
  description:
    'IDs that were minted more than once. What is live comes from the harness while it runs (--metrics-port), what is exact from the store (--store), once the run is judged.',
  panels: [
    {
      title: 'Duplicates, live',
      description:
        'Counted by the harness while the run lasts: each duplicated ID once, and exactly once it is judged.',
      show: 'stat',
      unit: 'short',
      width: 4,
      height: 5,
      query: { promql: RUN.duplicates.name, legend: 'duplicates' },
      zeroIsGood: true,
    },
    {
      title: 'Duplicates, exact',
      description: 'Emissions of an ID beyond the first, among all that is stored of the run.',
      show: 'stat',
      unit: 'short',
      width: 4,
      height: 5,
      query: {
        sql: `WITH ${EMISSIONS}\nSELECT count() AS duplicates FROM emissions WHERE place > 1`,
        rows: { duplicates: 'number' },
      },
      zeroIsGood: true,
    },
    {
      title: 'Evidence whole',
      description: '1: all that was minted is stored, and nothing else. Empty until the run is judged.',
      show: 'stat',
      unit: 'short',
      width: 4,
      height: 5,
      query: { promql: RUN.evidenceWhole.name, legend: 'whole' },
    },
    {
      title: 'Verdict so far',
      description: 'Unknown until the run is judged, unless something is proved that nothing can excuse.',
      show: 'stat',
      unit: 'short',
      width: 6,
      height: 5,
      query: { promql: `${RUN.verdict.name} == 1`, legend: '{{verdict}}' },
    },
    {
      title: 'Disturbances in force, live',
      description: 'Measured from outside.',
      show: 'stat',
      unit: 'short',
      width: 6,
      height: 5,
      query: { promql: RUN.disturbancesActive.name, legend: 'in force' },
    },
    {
      title: 'Duplicates a second, live',
      description: 'As the harness finds them in what is stored: a second or two late.',
      show: 'timeseries',
      unit: 'short',
      width: 12,
      height: 8,
      query: { promql: `rate(${RUN.duplicates.name}[5s])`, legend: 'duplicates a second' },
    },
    {
      title: 'Duplicates over time, exact',
      description: 'When an ID was minted again, by the call that minted it.',
      show: 'timeseries',
      unit: 'short',
      width: 12,
      height: 8,
      query: {
        sql: `
WITH ${EMISSIONS}
SELECT $__timeInterval_ms(moment) AS time, count() AS duplicates
FROM emissions
WHERE place > 1 AND $__timeFilter_ms(moment)
GROUP BY time ORDER BY time`.trim(),
        rows: { time: 'time', duplicates: 'number' },
      },
    },
    {
      title: 'Who with whom',
      description: 'The lives (node.incarnation) that minted the same IDs, with how many they share.',
      show: 'table',
      unit: 'short',
      width: 12,
      height: 8,
      query: {
        sql: `
WITH ${EMISSIONS}
SELECT
  arrayStringConcat(who, ' and ') AS lives,
  arrayStringConcat(arrayMap(worker -> toString(worker), under), ', ') AS workers,
  count() AS ids, min(first) AS from, max(last) AS to
FROM (
  SELECT
    id, arraySort(groupArray(life)) AS who, arraySort(groupUniqArray(worker)) AS under,
    min(moment) AS first, max(moment) AS last
  FROM emissions GROUP BY id
)
GROUP BY who, under ORDER BY ids DESC LIMIT 100`.trim(),
        rows: { lives: 'text', workers: 'text', ids: 'number', from: 'time', to: 'time' },
      },
    },
    {
      title: 'Worker ID over time',
      description: 'Under which worker ID IDs were minted again, and when.',
      show: 'heatmap',
      unit: 'short',
      width: 12,
      height: 8,
      query: {
        sql: `
WITH ${EMISSIONS}
SELECT $__timeInterval_ms(moment) AS time, concat('worker ', toString(worker)) AS worker_id, count() AS duplicates
FROM emissions
WHERE place > 1 AND $__timeFilter_ms(moment)
GROUP BY time, worker_id ORDER BY time, worker_id`.trim(),
        rows: { time: 'time', worker_id: 'text', duplicates: 'number' },
      },
    },
    {
      title: 'Cause',
      description: 'Why, as it was inferred from the evidence of each witness. Witnesses are few, whatever the count.',
      show: 'table',
      unit: 'short',
      width: 8,
      height: 9,
      query: {
        sql: `
SELECT ${witnesses.cause} AS cause, count() AS witnesses, sum(${witnesses.outside_assumptions}) AS outside_assumptions
FROM ${TABLE.witnesses}
WHERE ${UNIQUE}
GROUP BY cause ORDER BY witnesses DESC`.trim(),
        rows: { cause: 'text', witnesses: 'number', outside_assumptions: 'number' },
      },
    },
    {
      title: 'Witnesses',
      description: 'Each with its story. IDs are text: a number of JavaScript cannot hold them.',
      show: 'table',
      unit: 'short',
      width: 16,
      height: 9,
      query: {
        sql: `
SELECT
  ${momentOf(witnesses.at)} AS time, arrayStringConcat(${witnesses.ids}, ', ') AS ids,
  arrayStringConcat(${witnesses.lives}, ' and ') AS lives, ${witnesses.what} AS what, ${witnesses.cause} AS cause,
  ${witnesses.explanation} AS story
FROM ${TABLE.witnesses}
WHERE ${UNIQUE}
ORDER BY time`.trim(),
        rows: { time: 'time', ids: 'text', lives: 'text', what: 'text', cause: 'text', story: 'text' },
      },
    },
  ],
} satisfies DashboardSpec;
