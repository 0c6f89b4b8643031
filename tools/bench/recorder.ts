/**
 * What the recorder adds to a service: the same service asked directly and through it, in turns, by the same client. One
 * request gives one ID.
 */
import { execFileSync } from 'node:child_process';
import { percentileOf } from '../../harness/core/percentile.ts';
import type { ServiceNode } from '../../harness/core/node-program.ts';
import { builtProgram } from '../../generators/recorder/built-for-tests.ts';
import { freePort } from '../../generators/recorder/free-port.ts';
import { type Address, HttpConnection } from '../../generators/recorder/http-connection.ts';
import { ID_SERVICE, LAYOUT, RecordedNode } from '../../generators/recorder/recorded-node-for-tests.ts';

const ROUNDS = 5;
const WARM_UP_MS = 1000;
/** One client that waits for each answer. */
const ALONE_MS = 2000;
/** So many that there is always one to be answered. */
const CROWD = 32;
const CROWD_MS = 3000;
const TIMEOUT_MS = 10_000;

/** Medians of the rounds. */
interface Figures {
  readonly p50Ms: number;
  readonly perSecond: number;
}

interface Measured {
  readonly service: string;
  readonly direct: Figures;
  readonly recorded: Figures;
}

interface Subject {
  readonly service: string;
  readonly node: (port: number) => ServiceNode;
  readonly path: string;
}

const SUBJECTS: readonly Subject[] = [
  {
    service: `node:http, Node ${process.version.slice(1)}`,
    path: '/id',
    node: (port) => ({
      kind: 'service',
      command: ID_SERVICE,
      ask: { over: 'http', health: '/health', path: '/id', port },
    }),
  },
  {
    service: `net/http, ${goVersion()}`,
    path: '/id',
    node: (port) => ({
      kind: 'service',
      command: [builtProgram('go-snowflake', 'go'), '{host}:{port}'],
      environment: { WORKER_ID: '{worker}' },
      ask: { over: 'http', health: '/healthz', path: '/id', ids: 'json:/data/id', port },
    }),
  },
];

/** Takes about a minute. */
export async function recorderSection(): Promise<string> {
  const measured: Measured[] = [];
  for (const subject of SUBJECTS) measured.push(await measure(subject));
  return `A service of one process, asked for one ID at a time over HTTP/1.1 on the loopback: by its client directly, and through the
recorder, which writes each answer to the tap before it hands it on. p50 is of one client that waits for each answer; the
rate is of 32 such clients. Medians of five rounds. Client, recorder and service share the machine's CPUs.

| service | p50, direct | p50, recorded | added | answers a second, direct | recorded |
| --- | ---: | ---: | ---: | ---: | ---: |
${measured.map(row).join('\n')}`;
}

function row({ service, direct, recorded }: Measured): string {
  const ms = (value: number): string => `${value.toFixed(3)} ms`;
  const rate = (value: number): string => Math.round(value).toLocaleString('en');
  const cells = [
    service,
    ms(direct.p50Ms),
    ms(recorded.p50Ms),
    ms(recorded.p50Ms - direct.p50Ms),
    rate(direct.perSecond),
    rate(recorded.perSecond),
  ];
  return `| ${cells.join(' | ')} |`;
}

async function measure({ service, node, path }: Subject): Promise<Measured> {
  const [direct, recorded] = [
    { host: '127.0.0.1', port: await freePort() },
    { host: '127.0.0.1', port: await freePort() },
  ];
  await using _ = await RecordedNode.serving(node(direct.port), LAYOUT, {}, [`tcp:127.0.0.1:${recorded.port}`]);
  const ways = [
    { address: direct, request: requestOf(path), rounds: [] as Figures[] },
    { address: recorded, request: requestOf('/ids?count=1'), rounds: [] as Figures[] },
  ] as const;
  for (const { address, request } of ways) await ask(address, request, CROWD, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++)
    for (const { address, request, rounds } of ways) {
      const alone = await ask(address, request, 1, ALONE_MS);
      const crowd = await ask(address, request, CROWD, CROWD_MS);
      rounds.push({ p50Ms: percentileOf(alone, 50), perSecond: (1000 * crowd.length) / CROWD_MS });
    }
  const [one, other] = ways.map(({ rounds }) => medians(rounds)) as [Figures, Figures];
  return { service, direct: one, recorded: other };
}

const requestOf = (path: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nhost: x\r\naccept: application/octet-stream\r\n\r\n`);

/** Latencies in milliseconds, in rising order, of so many clients that each wait for their answer before they ask again. */
async function ask(address: Address, request: Buffer, clients: number, forMs: number): Promise<Float64Array> {
  const latencies: number[] = [];
  const until = performance.now() + forMs;
  const client = async (): Promise<void> => {
    const connection = new HttpConnection(address);
    for (let sent = performance.now(); sent < until; sent = performance.now()) {
      const { status } = await connection.request(request, TIMEOUT_MS);
      if (status !== 200) throw new Error(`${address.host}:${address.port} answered ${status}`);
      latencies.push(performance.now() - sent);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: clients }, client));
  return Float64Array.from(latencies).toSorted();
}

function medians(rounds: readonly Figures[]): Figures {
  const median = (of: (figures: Figures) => number): number =>
    percentileOf(Float64Array.from(rounds, of).toSorted(), 50);
  return { p50Ms: median(({ p50Ms }) => p50Ms), perSecond: median(({ perSecond }) => perSecond) };
}

function goVersion(): string {
  return execFileSync('go', ['version'], { encoding: 'utf8' }).split(' ')[2] ?? 'go';
}
