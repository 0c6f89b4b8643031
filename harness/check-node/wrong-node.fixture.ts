/**
 * A node as PROTOCOL.md says, apart from the shell, with a switch for each thing that a node can do wrong. Its first
 * argument is the name of the defect; `none` is a node without.
 */
import { appendFileSync, closeSync, existsSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import http from 'node:http';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { encodeBatch } from '../core/tap.ts';

const [, , defect = 'none', bits = '64'] = process.argv;
const is = (...names: readonly string[]): boolean => names.includes(defect);
const ID_BYTES = Number(bits) / 8;
const WORKER_ID = 3;
const SLOW_MS = 20;

const environment = { ...process.env };
if (is('starts-anyway')) environment['SNOWGLOBE_NODE'] ??= 'n1';
const { SNOWGLOBE_NODE: node, SNOWGLOBE_TAPS: taps, SNOWGLOBE_LISTEN: listen } = environment;

function end(code: number, why: string): never {
  writeSync(2, `${why}\n${is('tells-a-story') ? 'and more\n' : ''}`);
  process.exit(is('wrong-exit-code') ? 1 : code);
}

const fits = listen?.split(',').every((address) => /^(tcp:.+:\d+|unix:.+)$/.test(address)) === true;
if (node === undefined || taps === undefined || !existsSync(taps) || !statSync(taps).isDirectory() || !fits)
  end(2, 'wrong configuration');
if (is('never-serves')) end(1, 'it does not serve');

function claim(): number {
  if (is('reuses-life')) return 1;
  for (let life = 1; ; life++) {
    const file = join(taps as string, `${node}-${life}.life`);
    try {
      if (is('looks-before-it-claims')) {
        if (existsSync(file)) continue;
        writeFileSync(file, '');
        return life;
      }
      closeSync(openSync(file, 'wx'));
      return life;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') end(1, String(error));
    }
  }
}

const incarnation = claim();
const monotonicNs = (): bigint =>
  is('clock-of-its-own')
    ? process.hrtime.bigint() - process.hrtime.bigint() + BigInt(Math.round(process.uptime() * 1e9))
    : process.hrtime.bigint();

class Lane {
  readonly #name: string;
  readonly index: number;
  seq = 0n;
  batches = 0;
  last: Buffer = Buffer.alloc(0);

  constructor(index: number) {
    this.index = index;
    this.#name = join(taps as string, `${node}-${incarnation}-${index}-0`);
    const flag = is('opens-any-tap', 'reuses-life') ? 'a' : 'wx';
    for (const ending of ['ids', 'batches']) closeSync(openSync(`${this.#name}.${ending}`, flag));
  }

  /** Returns what commits the batch, for whoever wants to be late with it. */
  batch(ids: Buffer, calledNs: bigint, wallCalledMs: number): { readonly firstSeq: bigint; commit(): void } {
    const [wallReturnedMs, returnedNs] = [Date.now(), monotonicNs()];
    const count = ids.length / ID_BYTES;
    if (is('leaves-a-gap') && this.batches === 10) this.seq += 1n;
    const firstSeq = is('counts-batches') ? BigInt(this.batches) : this.seq;
    const record = Buffer.alloc(96);
    encodeBatch(
      {
        firstSeq,
        count,
        flags: is('unknown-flag') ? 32 : 0,
        calledNs: is('called-last') ? returnedNs + 1n : calledNs,
        returnedNs,
        wallCalledNs: BigInt(wallCalledMs - (is('wall-of-yesterday') ? 86_400_000 : 0)) * 1_000_000n,
        wallReturnedNs: BigInt(is('wall-in-seconds') ? Math.round(wallReturnedMs / 1000) : wallReturnedMs) * 1_000_000n,
        workerId: is('other-worker-id') ? WORKER_ID + 1 : WORKER_ID,
        ...(ID_BYTES === 16 && !is('says-64-bits') && { idBits: 128 }),
        ...(is('wrong-ids-checksum') && { idsChecksum: 1 }),
        lease: is('no-lease-log') ? 77n : 0n,
        createRevision: 0n,
        fenceNs: 0n,
        limitMs: 0n,
      },
      record,
    );
    if (is('wrong-checksum')) record.writeUInt32LE(1, 4);
    if (is('wrong-magic')) record.write('SGB2', 0);
    this.seq += BigInt(count);
    this.batches++;
    this.last = ids;
    const write = (ending: string, bytes: Buffer): void => {
      try {
        appendFileSync(`${this.#name}.${ending}`, bytes);
      } catch (error) {
        if (is('lives-without-tap')) return;
        end(1, String(error));
      }
    };
    if (is('ids-of-nobody') && this.batches === 3) write('ids', ids);
    if (is('record-after-reply')) write('ids', ids);
    return {
      firstSeq,
      commit: () => {
        if (!is('record-after-reply')) write('ids', ids);
        write('batches', record);
      },
    };
  }
}

const lanes = is('counts-lanes-from-1') ? [new Lane(1)] : [new Lane(0), new Lane(1)];
let requests = 0;
let next = 1n << 60n;
let queue = Promise.resolve();

function mint(count: number): Buffer {
  const ids = Buffer.alloc(count * ID_BYTES);
  for (let at = 0; at < ids.length; at += ID_BYTES) ids.writeBigUInt64LE(next++, at);
  return ids;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-length': body.length, 'content-type': 'application/json' });
  response.end(body);
}

function textOf(ids: Buffer): unknown[] {
  const values = Array.from({ length: ids.length / ID_BYTES }, (_, i) => {
    const low = ids.readBigUInt64LE(i * ID_BYTES);
    return ID_BYTES === 16 ? (ids.readBigUInt64LE(i * 16 + 8) << 64n) | low : low;
  });
  if (is('json-numbers')) return values.map(Number);
  if (is('json-through-numbers')) return values.map((id) => String(BigInt(Number(id))));
  return values.map(String);
}

function serveIds(query: string | undefined, raw: boolean, response: ServerResponse): void {
  const asked = Number(new URLSearchParams(query).get('count') ?? 1);
  const least = is('gives-nothing') ? 0 : 1;
  if (!Number.isInteger(asked) || asked < least || asked > 100_000) return json(response, 400, { error: 'count' });
  const lane = lanes[requests++ % lanes.length] as Lane;
  const [calledNs, wallCalledMs] = [monotonicNs(), Date.now()];
  const isRepeated = is('gives-one-id-twice') && requests % 20 === 0 && lane.last.length > 0;
  const ids = isRepeated ? lane.last : mint(is('gives-too-many') ? asked + 1 : is('gives-nothing') ? 0 : asked);
  const count = ids.length / ID_BYTES;
  const { firstSeq, commit } = isRepeated
    ? { firstSeq: lane.seq - BigInt(count), commit: () => undefined }
    : lane.batch(ids, calledNs, wallCalledMs);
  const reply = (): void => {
    if (is('refuses-without-word') && requests % 10 === 0) return json(response, 503, { error: 'busy' });
    const told = is('wrong-header') ? firstSeq + 1n : firstSeq;
    const named = is('other-life-in-header') ? incarnation + 1 : incarnation;
    if (!is('no-header')) response.setHeader('snowglobe-seq', `${named}/${lane.index}/${told}/${count}`);
    if (!raw) return json(response, 200, { ids: textOf(ids) });
    const body = is('big-endian') ? Buffer.from(ids).swap64() : ids;
    response.writeHead(200, { 'content-length': body.length });
    response.end(body);
  };
  if (is('replies-before-tap', 'record-after-reply')) {
    reply();
    setImmediate(commit);
  } else if (is('taps-later')) {
    reply();
    setTimeout(commit, 5);
  } else {
    commit();
    reply();
  }
}

function health(response: ServerResponse): void {
  const minted = lanes.map(({ seq }) => (is('health-in-numbers') ? Number(seq) : String(seq)));
  json(response, 200, {
    ...(!is('health-lacks-protocol') && { protocol: 1 }),
    status: 'minting',
    incarnation,
    workerId: WORKER_ID,
    ...(is('no-lease-log') && { lease: '77' }),
    wallMs: Date.now(),
    monotonicNs: monotonicNs().toString(),
    minted: is('health-promises-more') ? ['1000000000', '0'] : minted,
    pid: is('pid-of-another') ? process.ppid : process.pid,
  });
}

/** One after the other, and each takes its time. */
function inQueue(work: () => void): void {
  queue = queue.then(() => new Promise((resolve) => setTimeout(resolve, SLOW_MS))).then(work);
}

function route(url: string, method: string, raw: boolean, response: ServerResponse): void {
  const [path, query] = url.split('?', 2) as [string, string?];
  if (method !== 'GET' && !is('takes-any-method')) return json(response, 405, {});
  if (path === '/ids' || (is('serves-any-path') && path !== '/health')) {
    if (is('health-in-queue', 'slow')) return inQueue(() => serveIds(query, raw, response));
    return serveIds(query, raw, response);
  }
  if (path === '/health') return is('health-in-queue') ? inQueue(() => health(response)) : health(response);
  if (path === '/metrics' && is('metrics-without-labels')) {
    response.end('snowglobe_ids_minted_total 1\n');
    return;
  }
  json(response, 404, {});
}

const addresses = listen.split(',').filter((address) => !is('knows-no-sockets') || !address.startsWith('unix:'));
for (const address of addresses) {
  const server = http.createServer(({ url, method, headers }, response) =>
    route(url as string, method as string, headers.accept === 'application/octet-stream', response),
  );
  if (is('one-client-at-a-time')) server.maxConnections = 1;
  server.on('error', (error) => end(2, error.message));
  if (address.startsWith('unix:')) {
    const path = address.slice('unix:'.length);
    if (!is('leaves-the-socket')) rmSync(path, { force: true });
    server.listen({ path });
  } else {
    const at = address.lastIndexOf(':');
    server.listen({ host: address.slice('tcp:'.length, at), port: Number(address.slice(at + 1)) });
  }
}
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  if (!is('dies-of-sigterm')) process.on(signal, () => (is('ignores-sigterm') ? undefined : process.exit(0)));
