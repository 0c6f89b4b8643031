/** A node as a driver starts it: the shell as a process, around a service that is plain data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { idBitsOf, type Layout } from '../../harness/core/layout.ts';
import type { ServiceNode } from '../../harness/core/node-program.ts';
import { BATCH_BYTES, type BatchRecord, decodeBatch, parseSegmentName } from '../../harness/core/tap.ts';

const SHELL = join(import.meta.dirname, '../shell/main.ts');
const SERVES_MS = 20_000;
const POLL_MS = 20;

/** That of generators/testing/id-service.ts, and of Twitter's Snowflake. */
export const LAYOUT: Layout = {
  timeBits: 41,
  workerBits: 10,
  sequenceBits: 12,
  tickMs: 1,
  epochMs: 1_288_834_974_657,
};

/** `generators/testing/id-service.ts`, with its worker ID and port. */
export const ID_SERVICE: readonly string[] = [
  process.execPath,
  join(import.meta.dirname, '../testing/id-service.ts'),
  '{host}',
  '{port}',
  '{worker}',
];

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ids: readonly bigint[];
  /** Where they lie in the tap: incarnation, lane, first, count. */
  readonly place: readonly number[];
}

export class RecordedNode {
  readonly folder = mkdtempSync(join(tmpdir(), 'snowglobe-recorded-'));
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #layout: Layout;
  readonly #child: ChildProcess;
  stderr = '';

  /** `alsoAt`: where it listens besides, as SNOWGLOBE_LISTEN says it. */
  constructor(
    node: ServiceNode,
    layout: Layout = LAYOUT,
    environment: Readonly<Record<string, string>> = {},
    alsoAt: readonly string[] = [],
  ) {
    this.#layout = layout;
    for (const name of ['taps', 'disk']) mkdirSync(join(this.folder, name));
    this.#child = spawn(process.execPath, [SHELL], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        SNOWGLOBE_NODE: 'n1',
        SNOWGLOBE_INDEX: '0',
        SNOWGLOBE_NODES: '1',
        SNOWGLOBE_WORKLOAD: 'n1',
        SNOWGLOBE_TAPS: join(this.folder, 'taps'),
        SNOWGLOBE_DISK: join(this.folder, 'disk'),
        SNOWGLOBE_SERVICE: JSON.stringify({ name: 'mine', layout, node }),
        SNOWGLOBE_LISTEN: [`unix:${this.#socket}`, ...alsoAt].join(),
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
  }

  /** Resolves when it serves; rejects when it ends before. */
  static async serving(...of: ConstructorParameters<typeof RecordedNode>): Promise<RecordedNode> {
    const node = new RecordedNode(...of);
    for (const until = Date.now() + SERVES_MS; Date.now() < until; await sleep(POLL_MS)) {
      if (node.#child.exitCode !== null) break;
      const answer = await node.get('/health').catch(() => undefined);
      if (answer?.status === 200) return node;
    }
    await node[Symbol.asyncDispose]();
    throw new Error(`the node does not serve: ${node.stderr}`);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended();
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  ids(count: number, json = false): Promise<Answer> {
    return this.get(`/ids?count=${count}`, json ? {} : { accept: 'application/octet-stream' });
  }

  get(path: string, headers: http.OutgoingHttpHeaders = {}, signal?: AbortSignal): Promise<Answer> {
    const options = { socketPath: this.#socket, path, headers, agent: this.#agent, ...(signal && { signal }) };
    return new Promise((resolve, reject) => {
      const request = http.get(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(this.#answer(response, Buffer.concat(chunks))));
      });
      request.on('error', reject);
    });
  }

  /** IDs of each lane, by their place, with the records that commit them. Throws where an ID of a record is missing. */
  tap(): { readonly ids: readonly (readonly bigint[])[]; readonly records: readonly BatchRecord[] } {
    const taps = join(this.folder, 'taps');
    const ids: bigint[][] = [];
    const records: BatchRecord[] = [];
    for (const file of readdirSync(taps)) {
      const name = parseSegmentName(file);
      if (name?.kind !== 'batches') continue;
      const batches = readFileSync(join(taps, file));
      const all = this.#read(readFileSync(join(taps, file.replace('.batches', '.ids'))));
      const committed = (ids[name.lane] ??= []);
      for (let offset = 0; offset + BATCH_BYTES <= batches.length; offset += BATCH_BYTES) {
        const record = decodeBatch(batches, offset);
        if ('corrupt' in record) throw new Error(record.corrupt);
        const of = all.slice(Number(record.firstSeq), Number(record.firstSeq) + record.count);
        if (of.length !== record.count) throw new Error('an ID of a record is missing');
        committed.push(...of);
        records.push(record);
      }
    }
    return { ids, records };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    await this.end();
    rmSync(this.folder, { recursive: true });
  }

  get #socket(): string {
    return join(this.folder, 'n.sock');
  }

  #answer({ statusCode = 0, headers }: http.IncomingMessage, body: Buffer): Answer {
    const place = String(headers['snowglobe-seq'] ?? '')
      .split('/')
      .map(Number);
    const isBytes = headers['content-type'] === 'application/octet-stream';
    return { status: statusCode, body: body.toString(), ids: isBytes ? this.#read(body) : [], place };
  }

  #read(bytes: Buffer): bigint[] {
    const size = idBitsOf(this.#layout) / 8;
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => {
      const low = bytes.readBigUInt64LE(at * size);
      return size === 8 ? low : (bytes.readBigUInt64LE(at * size + 8) << 64n) | low;
    });
  }
}

/** Whether each answer stands in the tap, at the place that it names. */
export function isTapped(node: RecordedNode, answers: readonly Answer[]): boolean {
  const { ids } = node.tap();
  return answers.every(({ ids: given, place: [, lane = -1, first = 0, count] }) => {
    const tapped = ids[lane]?.slice(first, first + given.length) ?? [];
    return count === given.length && given.every((id, at) => id === tapped[at]);
  });
}
