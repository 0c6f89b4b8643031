/**
 * Every request of a run in growing columns: no object a request, so that hours of load stay a few megabytes.
 */
import type { MintReply } from '../core/cluster.ts';
import { firstOf, grown } from '../core/columns.ts';
import type { RequestColumns } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import type { RunNs } from '../core/time.ts';

const FIRST_CAPACITY = 4096;

/** A number for each status, as the columns have it. */
const CODE = Object.fromEntries(REQUEST_STATUS.map((status, code) => [status, code])) as Record<
  MintReply['status'],
  number
>;

export interface RequestLog {
  /** Begins a request and returns its row. */
  open(node: number, sent: RunNs): number;
  /** Records how it ended. */
  close(row: number, at: RunNs, reply: MintReply): void;
  /** A view of all rows so far; later rows are not in it. Rows still open have received 0 and status `ok`. */
  columns(): RequestColumns;
}

export function createRequestLog(): RequestLog {
  let length = 0;
  let columns = allocate(FIRST_CAPACITY);
  return {
    open(node, sent) {
      if (length === columns.node.length) columns = grown(columns, allocate, 2 * length);
      columns.node[length] = node;
      columns.sent[length] = sent;
      return length++;
    },
    close(row, at, { status, incarnation = 0, lane = 0, firstSeq = 0, count = 0, received }) {
      columns.received[row] = at;
      columns.status[row] = CODE[status];
      columns.incarnation[row] = incarnation;
      columns.lane[row] = lane;
      columns.firstSeq[row] = firstSeq;
      columns.count[row] = count;
      if (received === undefined) return;
      columns.first[row] = received.first;
      columns.last[row] = received.last;
      columns.digest[row] = received.digest;
    },
    columns: () => ({ length, ...firstOf(columns, length) }),
  };
}

function allocate(capacity: number) {
  return {
    node: new Uint16Array(capacity),
    sent: new Float64Array(capacity),
    received: new Float64Array(capacity),
    status: new Uint8Array(capacity),
    incarnation: new Uint32Array(capacity),
    lane: new Uint16Array(capacity),
    firstSeq: new Float64Array(capacity),
    count: new Uint32Array(capacity),
    first: new BigUint64Array(capacity),
    last: new BigUint64Array(capacity),
    digest: new BigUint64Array(capacity),
  };
}
