/**
 * IDs that are in more than one row of the store, found exactly: by a certificate where batches are in order, and by the
 * order of all IDs where they are not.
 *
 * The certificate: IDs of different worker IDs differ, and within an increasing stretch each ID differs from the others; so
 * stretches of one worker ID that do not meet hold no ID twice. What it leaves open are ranges: where two stretches meet,
 * and what lies in batches of several worker IDs or in no order. There all IDs are compared one by one.
 */
import type { SqlFacts, SqlReader } from '../../core/checker.ts';
import type { Method } from '../../core/finding.ts';
import { sqlWorker } from '../../core/id-sql.ts';
import { idBitsOf } from '../../core/layout.ts';
import type { IdRange } from './stretches.ts';
import { joined, RANGES_MAX, SQL_IN_STRETCHES, SQL_STRETCHES, sqlWithin } from './stretches.ts';

export interface RepeatedIds {
  /** All IDs of the store. */
  readonly checked: number;
  readonly method: Method;
  /** How many there are. */
  readonly total: number;
  /** Lowest first, in decimal; undefined where there are more than LISTED_MAX. */
  readonly ids: readonly string[] | undefined;
}

/** More are not held in a query: ClickHouse takes 256 KiB of text. */
export const LISTED_MAX = 2000;

/** What a stretch of the certificate costs, in IDs that could be compared instead. */
const IDS_PER_BATCH_MIN = 32;
/** A window over the batches holds them in memory. */
const BATCHES_MAX = 4_000_000;

/** `by`: to take this way whatever the batches are like. */
export async function readRepeated(
  store: SqlReader,
  facts: Pick<SqlFacts, 'layout'>,
  by?: Method['by'],
): Promise<RepeatedIds> {
  const [all] = await store.rows<{ checked: string; batches: string }>(
    'select sum(count) as checked, count() as batches from batches where count > 0',
  );
  const [checked, batches] = [Number(all?.checked ?? 0), Number(all?.batches ?? 0)];
  const isWorthwhile = batches <= BATCHES_MAX && batches * IDS_PER_BATCH_MIN <= checked;
  const certify = by === undefined ? isWorthwhile : by === 'run certificate';
  const open = certify ? await readOpenRanges(store, facts, by === undefined ? RANGES_MAX : Infinity) : undefined;
  if (open === undefined) {
    const found = await readSorted(store, facts, '');
    return { checked, method: { by: 'order of all IDs', ids: checked, compared: checked }, ...found };
  }
  if (open.length === 0)
    return { checked, method: { by: 'run certificate', ids: checked, compared: 0 }, total: 0, ids: [] };
  const where = sqlWithin(facts.layout, open);
  const [within] = await store.rows<{ total: string }>(`select count() as total from ids where ${where}`);
  const compared = Number(within?.total ?? 0);
  return {
    checked,
    method: { by: 'run certificate', ids: checked, compared },
    ...(await readSorted(store, facts, where)),
  };
}

/** Ranges outside of which no ID is repeated; undefined where there are more than so many. */
async function readOpenRanges(
  store: SqlReader,
  { layout }: Pick<SqlFacts, 'layout'>,
  max: number,
): Promise<readonly IdRange[] | undefined> {
  const hasWorkers = layout.workerBits > 0;
  const ofOneWorker = hasWorkers ? `${sqlWorker(layout, 'varying')} = 0` : 'true';
  const limit = max === Infinity ? '' : `limit ${max + 1}`;
  const ranges = await store.rows<IdRange & Record<string, unknown>>(
    `select toString(low) as low, toString(high) as high from (
       select meeting.low as low, least(meeting.high, meeting.before) as high from (
         select low, high, max(high) over earlier as before, count() over earlier as place
         from (
           select ${hasWorkers ? sqlWorker(layout, 'first_id') : '0'} as named, stretch.1 as low, stretch.2 as high
           from batches array join ${SQL_STRETCHES} as stretch
           where count > 0 and ${ofOneWorker} and ${SQL_IN_STRETCHES})
         window earlier as (
           partition by named order by low, high rows between unbounded preceding and 1 preceding)) as meeting
       where place > 0 and meeting.before >= meeting.low
       union all
       select stretch.1 as low, stretch.2 as high
       from batches array join ${SQL_STRETCHES} as stretch
       where count > 0 and not (${ofOneWorker} and ${SQL_IN_STRETCHES})
     ) ${limit}`,
  );
  return ranges.length > max ? undefined : joined(ranges);
}

/** Compares neighbours in the order of the table, in two slices of it at once: it streams, whatever the number of rows. */
async function readSorted(
  store: SqlReader,
  { layout }: Pick<SqlFacts, 'layout'>,
  where: string,
): Promise<Pick<RepeatedIds, 'total' | 'ids'>> {
  const slices = await readSlices(store, { layout });
  const repeated = slices
    .map((slice) => [slice, where].filter(Boolean).join(' and '))
    .map((condition) => `(${sqlRepeated(condition)})`)
    .join(' union all ');
  const listed = await store.rows<{ id: string }>(`select id from (${repeated}) limit ${LISTED_MAX + 1} ${STREAMED}`);
  if (listed.length <= LISTED_MAX) {
    const ids = listed.map(({ id }) => id).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    return { total: ids.length, ids };
  }
  const [counted] = await store.rows<{ total: string }>(`select count() as total from (${repeated}) ${STREAMED}`);
  return { total: Number(counted?.total ?? 0), ids: undefined };
}

/** IDs that occur in more than one row, lowest first. */
export function sqlRepeated(where: string): string {
  return `select id from ids ${where === '' ? '' : `where ${where}`} order by id limit 1 offset 1 by id`;
}

/**
 * For reading in the order of the table: without them the engine sorts, or reads parts side by side that it could read one
 * after another. Of each part that it does read beside others it holds one granule.
 */
const STREAMED = `settings max_threads = 2, query_plan_push_limit_by_into_sort = 0, read_in_order_use_virtual_row = 1,
  read_in_order_use_buffering = 0, max_block_size = 8192`;

/** Two conditions that part all IDs in halves, more or less. */
async function readSlices(store: SqlReader, { layout }: Pick<SqlFacts, 'layout'>): Promise<readonly string[]> {
  const [row] = await store.rows<{ middle: string }>(
    `select toString(toUInt${idBitsOf(layout)}(quantileTDigestWeighted(0.5)(
       toFloat64(intDiv(min_id, 2) + intDiv(max_id, 2)), toUInt64(count)))) as middle
     from batches where count > 0`,
  );
  const middle = `toUInt${idBitsOf(layout)}('${row?.middle ?? 0}')`;
  return [`id < ${middle}`, `id >= ${middle}`];
}
