/**
 * Where nodes are tried: folders and a port of their own, starts of the command, and the end of all of it. Acts share what
 * they saw: each is carried out once, however many rules ask for it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from './clocks.ts';
import type { ActName, End, Evidence, Exchange, IdsExchange } from './evidence.ts';
import type { Address, Asking } from './http-client.ts';
import { inWords } from './evidence.ts';
import { ask, askForIds } from './http-client.ts';
import { parseJsonObject } from './json-answer.ts';
import { NodeProcess } from './node-process.ts';

/** The name of the node in all acts. */
export const NODE = 'n1';
/** Until a start is believed to have failed: a program may be compiled first. */
const SERVES_MS = 30_000;
/** Between SIGTERM, or what a node cannot bear, and its end. What the harness gives a node that leaves: faults/rolling-update.ts. */
export const END_MS = 5000;
/** A node may refuse while it waits for its worker ID, or for the time that a killed life had reserved. */
const REFUSALS_MS = 10_000;
const POLL_MS = 20;
const ASK_MS = 1000;

/** What an act was to see could not be seen: the rules that need it are not judged, for this reason. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen';
}

export interface Setting {
  readonly command: readonly string[];
  readonly idBits: 64 | 128;
  /** As `SNOWGLOBE_ETCD`; undefined: there is none. */
  readonly etcd?: string;
}

/** The place of one cluster's only node. */
export interface Ground {
  readonly folder: string;
  readonly taps: string;
  readonly disk: string;
  readonly port: number;
  readonly tcp: Address;
  readonly unix: Address & { readonly socketPath: string };
}

export interface Start {
  /** Variables in place of the usual ones; undefined: not set at all. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Words before the command. */
  readonly prefix?: readonly string[];
}

export type CarryOut<Name extends ActName> = (bench: Bench) => Promise<Evidence[Name]>;

export class Bench implements Disposable {
  readonly setting: Setting;
  readonly idBits: 64 | 128;
  readonly #acts: { readonly [Name in ActName]: CarryOut<Name> };
  readonly #seen = new Map<ActName, Promise<unknown>>();
  readonly #folders: string[] = [];
  readonly #processes: NodeProcess[] = [];

  constructor(setting: Setting, acts: { readonly [Name in ActName]: CarryOut<Name> }) {
    this.setting = setting;
    this.idBits = setting.idBits;
    this.#acts = acts;
  }

  /** What an act saw; carries it out where nobody has. Rejects with `NotSeen` where it could not be seen. */
  see<Name extends ActName>(name: Name): Promise<Evidence[Name]> {
    const seen = (this.#seen.get(name) as Promise<Evidence[Name]> | undefined) ?? this.#acts[name](this);
    this.#seen.set(name, seen);
    return seen;
  }

  async ground(): Promise<Ground> {
    const folder = mkdtempSync(join(tmpdir(), 'snowglobe-check-'));
    this.#folders.push(folder);
    const [taps, disk, socketPath] = [join(folder, 'taps'), join(folder, 'disk'), join(folder, 'node.sock')];
    mkdirSync(taps);
    mkdirSync(disk);
    const port = await freePort();
    return { folder, taps, disk, port, tcp: { host: '127.0.0.1', port }, unix: { socketPath } };
  }

  /** Starts the command on a ground, with the environment that PROTOCOL.md says. */
  start(ground: Ground, { variables = {}, prefix = [] }: Start = {}): NodeProcess {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SNOWGLOBE_'));
    const environment: NodeJS.ProcessEnv = {
      ...Object.fromEntries(inherited),
      SNOWGLOBE_NODE: NODE,
      SNOWGLOBE_INDEX: '0',
      SNOWGLOBE_WORKLOAD: NODE,
      SNOWGLOBE_TAPS: ground.taps,
      SNOWGLOBE_DISK: ground.disk,
      SNOWGLOBE_LISTEN: `tcp:127.0.0.1:${ground.port}`,
      SNOWGLOBE_ETCD: this.setting.etcd,
      ...variables,
    };
    const node = new NodeProcess([...prefix, ...this.setting.command], environment);
    this.#processes.push(node);
    return node;
  }

  /** Waits for the first answer to a question after its health; undefined: the node ended, or never answered. */
  async untilServing(node: NodeProcess, address: Address): Promise<Exchange | undefined> {
    const until = performance.now() + SERVES_MS;
    while (node.end === undefined && performance.now() < until) {
      const health = await ask(address, '/health', { withinMs: ASK_MS });
      if (health.reply !== undefined) return health;
      await sleep(POLL_MS);
    }
    return undefined;
  }

  /** Starts a node that has to serve for the act to see anything; resolves to it, and to its first answer. */
  async startServing(
    ground: Ground,
    start: Start = {},
  ): Promise<{ readonly node: NodeProcess; readonly health: Exchange }> {
    const node = this.start(ground, start);
    const health = await this.untilServing(node, ground.tcp);
    if (health === undefined) throw new NotSeen(`it did not serve: ${howItEnded(await node.endWithin(0))}`);
    return { node, health };
  }

  /** Asks until IDs come: a node may wait for its worker ID, or refuse for a moment. */
  async untilIds(
    address: Address,
    asked: number | undefined,
    as: IdsExchange['as'],
    asking: Asking = {},
  ): Promise<IdsExchange> {
    const until = performance.now() + REFUSALS_MS;
    for (;;) {
      const exchange = await askForIds(address, asked, as, asking);
      if (exchange.reply?.status !== 503 || performance.now() > until) return exchange;
      await sleep(POLL_MS);
    }
  }

  /** Ends whatever runs; acts then come to an end by themselves. */
  killAll(): void {
    for (const node of this.#processes) node.kill();
  }

  [Symbol.dispose](): void {
    this.killAll();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** The incarnation that a node tells by its health; throws `NotSeen` where it tells none. */
export function needIncarnation({ reply }: Exchange): number {
  const incarnation = reply && parseJsonObject(reply.body)?.['incarnation'];
  if (Number.isSafeInteger(incarnation)) return incarnation as number;
  throw new NotSeen('its /health tells no incarnation, so its taps cannot be found');
}

export function howItEnded(end: End | undefined): string {
  if (end === undefined) return `it runs and answers nothing after ${SERVES_MS / 1000} s`;
  const last = end.stderr.trim().split('\n').at(-1);
  return `it ended with ${inWords(end)}${last === undefined || last === '' ? '' : ` and said last: ${last}`}`;
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
