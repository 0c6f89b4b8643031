/** `drift`: where clocks stood, where they were asked to stand, and what time the IDs carry. */
import { RUN_METRICS as RUN } from '../harness/core/metric-names.ts';
import { COLUMN } from '../harness/stores/clickhouse/schema.ts';
import { momentOf, nodeName, OF_RUN, ofRun, TABLE } from './evidence.ts';
import type { DashboardSpec } from './spec.ts';

const { batches, offsets } = COLUMN;

/** The time inside an ID, in Unix milliseconds. */
const embeddedMs = (id: string): string =>
  `${ofRun('epoch_ms')} + toFloat64(bitShiftRight(${id}, ${ofRun('time_shift')})) * ${ofRun('tick_ms')}`;

/** True Unix milliseconds at a moment of the run. */
const trueMs = (at: string): string => `toFloat64(${ofRun('origin_ns')} + ${at}) / 1e6`;

/**
 * Calls that found their clock before where the call before it on the same lane had left it, or that it went back under,
 * as `steps(moment, life, from_ms, to_ms)`.
 */
const STEPS = `
steps AS (
  SELECT
    ${momentOf('called')} AS moment, life,
    if(wall_returned_ms < wall_called_ms, wall_called_ms, before_ms) AS from_ms,
    if(wall_returned_ms < wall_called_ms, wall_returned_ms, wall_called_ms) AS to_ms
  FROM (
    SELECT
      concat(${nodeName(batches.node)}, '.', toString(${batches.incarnation})) AS life,
      ${batches.called} AS called,
      ${batches.wall_called_ms} AS wall_called_ms, ${batches.wall_returned_ms} AS wall_returned_ms,
      lagInFrame(${batches.wall_returned_ms}, 1, ${batches.wall_called_ms}) OVER (
        PARTITION BY ${batches.node}, ${batches.incarnation}, ${batches.lane}
        ORDER BY ${batches.called} ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
      ) AS before_ms
    FROM $batches WHERE ${OF_RUN}
  )
  WHERE wall_called_ms < before_ms OR wall_returned_ms < wall_called_ms
)`.trim();

export default {
  name: 'drift',
  title: 'snowglobe: drift',
  description:
    'Wall clocks against true time, and the time inside the IDs. What is live comes from the harness while it runs (--metrics-port), what is exact from the store (--store), once the run is judged.',
  panels: [
    {
      title: 'Clock offset per node, live',
      description: 'Measured by the harness from outside, as an interval between two readings of the monotonic clock.',
      show: 'timeseries',
      unit: 's',
      width: 12,
      height: 9,
      query: { promql: RUN.clockOffset.name, legend: '{{node}}' },
    },
    {
      title: 'Clock offset per node, requested against observed',
      description:
        'Requested: what the orders to the clock have it be. A gap: the node gave no answer, or an order was just taking force.',
      show: 'timeseries',
      unit: 'ms',
      width: 12,
      height: 9,
      query: {
        sql: `
SELECT
  $__timeInterval_ms(moment) AS time, name AS node, avg(requested_ms) AS requested, avg(observed_ms) AS observed
FROM (
  SELECT
    ${momentOf(offsets.at)} AS moment, ${nodeName(offsets.node)} AS name,
    ${offsets.requested_ms} AS requested_ms, ${offsets.observed_ms} AS observed_ms
  FROM ${TABLE.offsets} WHERE ${OF_RUN}
)
WHERE $__timeFilter_ms(moment)
GROUP BY time, node ORDER BY time, node`.trim(),
        rows: { time: 'time', node: 'text', requested: 'gap', observed: 'gap' },
      },
    },
    {
      title: 'Time inside the IDs against true time',
      description: 'The first ID of each call: lowest and highest difference. Absent for IDs that carry no time.',
      show: 'timeseries',
      unit: 'ms',
      width: 24,
      height: 9,
      query: {
        sql: `
SELECT $__timeInterval_ms(moment) AS time, name AS node, min(off_ms) AS lowest, max(off_ms) AS highest
FROM (
  SELECT
    ${momentOf(batches.called)} AS moment, ${nodeName(batches.node)} AS name,
    ${embeddedMs(batches.first_id)} - ${trueMs(batches.called)} AS off_ms
  FROM $batches
  WHERE ${OF_RUN} AND ${batches.count} > 0 AND ${ofRun('time_bits')} > 0
)
WHERE $__timeFilter_ms(moment)
GROUP BY time, node ORDER BY time, node`.trim(),
        rows: { time: 'time', node: 'text', lowest: 'number', highest: 'number' },
      },
    },
    {
      title: 'Times a clock went back',
      description: 'Between two calls on one lane, or within one.',
      show: 'stat',
      unit: 'short',
      width: 4,
      height: 8,
      query: { sql: `WITH ${STEPS}\nSELECT count() AS events FROM steps`, rows: { events: 'number' } },
      zeroIsGood: true,
    },
    {
      title: 'Backward events',
      description: 'The widest first: when, of whom, and by how much.',
      show: 'table',
      unit: 'ms',
      width: 12,
      height: 8,
      query: {
        sql: `
WITH ${STEPS}
SELECT moment AS time, life, from_ms - to_ms AS back_ms
FROM steps
ORDER BY back_ms DESC, time LIMIT 100`.trim(),
        rows: { time: 'time', life: 'text', back_ms: 'number' },
      },
    },
    {
      title: 'Lag of the collector, live',
      description: 'All that was committed to the taps longer ago than this is stored.',
      show: 'timeseries',
      unit: 's',
      width: 8,
      height: 8,
      query: { promql: RUN.collectorLag.name, legend: 'lag' },
    },
  ],
} satisfies DashboardSpec;
