/**
 * The node's HTTP interface (generators/PROTOCOL.md).
 */
import { rmSync } from 'node:fs';
import http from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Minter } from '../../harness/core/generator.ts';
import { assertHolding } from '../../harness/core/held.ts';
import { REQUEST_IDS_MAX } from '../../harness/core/request-size.ts';
import { monotonicNs, wallMs } from './clocks.ts';
import { cpuWaitMs } from './cpu-wait.ts';
import { ConfigError } from './config.ts';
import type { Address } from './config.ts';
import type { Lane, Outcome } from './lane.ts';
import type { Metrics } from './metrics.ts';

export const PROTOCOL_VERSION = 1;

export interface Served {
  readonly incarnation: number;
  readonly minter: Minter;
  /** Requests go to one after the other, past those that have a call open. */
  readonly lanes: readonly Lane[];
  /** As `Minter.encode`, of each lane. */
  readonly encoders: readonly Minter['encode'][];
  /** As `Minter.written`, of each lane. */
  readonly writers: readonly Minter['written'][];
  readonly idBits: 64 | 128;
  readonly metrics: Metrics;
  /** As `NodeHealth.leaseSpent`. */
  readonly leaseSpent: (lease: string) => number | undefined;
  /** Called before a client's first request for IDs is carried out. */
  readonly onFirstRequest: () => void;
}

/** Listens on every address; resolves when all of them are open. */
export async function serve(addresses: readonly Address[], served: Served): Promise<Server[]> {
  return Promise.all(addresses.map((address) => listen(address, served)));
}

function listen(address: Address, served: Served): Promise<Server> {
  const server = http.createServer((request, response) => route(served, request, response));
  // Longer than any client keeps an idle connection: it must not be closed under a request.
  server.keepAliveTimeout = 600_000;
  if ('path' in address) rmSync(address.path, { force: true }); // an earlier life was killed and left its socket
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ConfigError(`cannot listen: ${error.message}`)));
    server.listen(address, () => {
      server.removeAllListeners('error');
      resolve(server);
    });
  });
}

function route(served: Served, request: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  const [path, query] = (request.url as string).split('?', 2) as [string, string?];
  if (request.method !== 'GET') return sendJson(response, 405, { error: 'only GET is served' });
  switch (path) {
    case '/ids':
      return ids(served, query, request.headers.accept === 'application/octet-stream', response);
    case '/health':
      return sendJson(response, 200, health(served));
    case '/metrics':
      void metrics(served, response);
      return;
    default:
      return sendJson(response, 404, { error: 'there are /ids?count=N, /health and /metrics' });
  }
}

let requests = 0;

function ids(served: Served, query: string | undefined, raw: boolean, response: ServerResponse): void {
  const count = Number(new URLSearchParams(query).get('count') ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > REQUEST_IDS_MAX)
    return sendJson(response, 400, { error: `count must be an integer from 1 to ${REQUEST_IDS_MAX}` });
  if (requests === 0) served.onFirstRequest();
  const lane = nextLane(served.lanes);
  const cameNs = monotonicNs();
  served.lanes[lane]!.mint(count, (outcome) => {
    answer(served, lane, outcome, raw, response);
    served.metrics.answered(Number(monotonicNs() - cameNs) / 1e9);
  });
}

/** The next one that is free; where none is, the next. */
function nextLane(lanes: readonly Lane[]): number {
  const next = requests++ % lanes.length;
  for (let tries = 0; tries < lanes.length; tries++) {
    const lane = (next + tries) % lanes.length;
    if (!lanes[lane]!.isOpen) return lane;
  }
  return next;
}

function answer(served: Served, lane: number, outcome: Outcome, raw: boolean, response: ServerResponse): void {
  if (outcome.kind === 'refused') return sendJson(response, 503, { refused: outcome.reason });
  if (outcome.kind === 'failed') return sendJson(response, 500, { error: outcome.error });
  const { firstSeq } = outcome;
  const encoded = served.encoders[lane]?.(outcome.ids);
  const headers = {
    'snowglobe-seq': `${served.incarnation}/${lane}/${firstSeq}/${outcome.ids.length / (served.idBits / 64)}`,
  };
  if (!raw) {
    const ids =
      encoded?.map((id) => (typeof id === 'number' ? id : String(id))) ?? inDecimal(outcome.ids, served.idBits);
    return sendJson(response, 200, { ids, written: served.writers[lane]?.() }, headers);
  }
  const ids = encoded === undefined ? outcome.ids : inWords(encoded, served.idBits);
  // A copy: the lane writes the next batch into these bytes while the socket may still hold them.
  const body = Buffer.from(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
  response.writeHead(200, { ...headers, 'content-type': 'application/octet-stream', 'content-length': body.length });
  response.end(body);
}

function inWords(ids: readonly (bigint | number)[], idBits: 64 | 128): BigUint64Array {
  return BigUint64Array.from(
    ids.flatMap((id) => (idBits === 64 ? [BigInt(id)] : [BigInt.asUintN(64, BigInt(id)), BigInt(id) >> 64n])),
  );
}

/** 64-bit numbers and longer ones are strings in JSON. */
function inDecimal(ids: BigUint64Array, idBits: 64 | 128): string[] {
  if (idBits === 64) return Array.from(ids, String);
  return Array.from({ length: ids.length / 2 }, (_, i) => String((ids[2 * i + 1]! << 64n) | ids[2 * i]!));
}

function health({ incarnation, minter, lanes, leaseSpent }: Served): unknown {
  const holding = minter.holding();
  assertHolding(holding);
  const refusal = lanes.find((lane) => lane.refusal !== undefined)?.refusal;
  const status = holding === undefined ? 'waiting' : refusal === undefined ? 'minting' : 'refusing';
  return {
    protocol: PROTOCOL_VERSION,
    status,
    reason: status === 'waiting' ? 'waiting' : refusal,
    incarnation,
    workerId: holding?.workerId,
    lease: holding?.lease?.id,
    createRevision: holding?.lease?.createRevision,
    leaseSpent: holding?.lease === undefined ? undefined : leaseSpent(holding.lease.id),
    cpuWaitMs: cpuWaitMs(),
    overflowWaits: minter.overflowWaits?.()?.toString(),
    monotonicBeforeNs: monotonicNs().toString(),
    wallMs: wallMs(),
    monotonicNs: monotonicNs().toString(),
    minted: lanes.map((lane) => lane.committed.toString()),
    pid: process.pid,
  };
}

async function metrics(served: Served, response: ServerResponse): Promise<void> {
  const text = await served.metrics.text();
  response.writeHead(200, { 'content-type': served.metrics.contentType });
  response.end(text);
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}
