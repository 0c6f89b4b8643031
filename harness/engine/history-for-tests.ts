/** A whole run in columns, read from its taps at once: for tests, whose runs are small. */
import type { BatchColumns, History } from '../core/history.ts';
import { idBitsOf } from '../core/layout.ts';
import { BATCH_BYTES, decodeBatch } from '../core/tap.ts';
import type { Origin } from '../core/time.ts';
import { runNs, unixMsOfNs } from '../core/time.ts';
import { leaseWords } from './lease-logs.ts';
import type { TapRange } from './tap-reader.ts';
import { TapReader } from './tap-reader.ts';

/** The moments of a run that taps do not know. */
type RestOfHistory = Omit<History, 'batches' | 'ids' | 'leases'>;

export function readHistory(
  folder: string,
  origin: Origin,
  rest: RestOfHistory,
): { readonly history: History; readonly problems: readonly string[] } {
  const reader = new TapReader(folder, idBitsOf(rest.layout));
  const ranges: TapRange[] = [];
  for (const lane of reader.lanes())
    for (let range = lane.next(); range !== undefined; range = lane.next()) ranges.push(range);
  const { leaseLogs, problems } = reader.finish();
  reader.close();

  const bytes = Buffer.concat(ranges.map(({ ids }) => ids));
  const ids = new BigUint64Array(bytes.length / BigUint64Array.BYTES_PER_ELEMENT);
  bytes.copy(Buffer.from(ids.buffer));
  const strangers = new Set(ranges.map(({ lane }) => lane.node).filter((node) => !rest.nodes.includes(node)));
  return {
    history: {
      ...rest,
      ids,
      batches: toColumns(ranges, origin, rest.nodes),
      leases: leaseWords(leaseLogs, origin).leases,
    },
    problems: [...problems, ...[...strangers].map((node) => `there are taps of ${node}, which is no node of the run`)],
  };
}

function toColumns(ranges: readonly TapRange[], origin: Origin, nodes: readonly string[]): BatchColumns {
  const length = ranges.reduce((sum, { batches }) => sum + batches.length / BATCH_BYTES, 0);
  const originNs = BigInt(origin.monotonicNs);
  const columns = {
    length,
    node: new Uint16Array(length),
    incarnation: new Uint32Array(length),
    lane: new Uint16Array(length),
    firstSeq: new Float64Array(length),
    count: new Uint32Array(length),
    flags: new Uint32Array(length),
    called: new Float64Array(length),
    returned: new Float64Array(length),
    wallCalledMs: new Float64Array(length),
    wallReturnedMs: new Float64Array(length),
    workerId: new Int32Array(length),
    lease: new BigUint64Array(length),
    createRevision: new BigUint64Array(length),
    firstId: new Float64Array(length),
  };
  let row = 0;
  let firstId = 0;
  for (const { lane, batches } of ranges) {
    const node = nodes.indexOf(lane.node);
    for (let at = 0; at < batches.length; at += BATCH_BYTES) {
      const record = decodeBatch(batches, at);
      if ('corrupt' in record) throw new RangeError(record.corrupt);
      columns.node[row] = node;
      columns.incarnation[row] = lane.incarnation;
      columns.lane[row] = lane.lane;
      columns.firstSeq[row] = Number(record.firstSeq);
      columns.count[row] = record.count;
      columns.flags[row] = record.flags;
      columns.called[row] = runNs(originNs, record.calledNs);
      columns.returned[row] = runNs(originNs, record.returnedNs);
      columns.wallCalledMs[row] = unixMsOfNs(record.wallCalledNs);
      columns.wallReturnedMs[row] = unixMsOfNs(record.wallReturnedNs);
      columns.workerId[row] = record.workerId;
      columns.lease[row] = record.lease;
      columns.createRevision[row] = record.createRevision;
      columns.firstId[row] = firstId;
      firstId += record.count;
      row++;
    }
  }
  return columns;
}
