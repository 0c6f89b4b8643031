/**
 * All links of a run without namespaces: one from each member to each other, in the hands of the supervisor. It holds
 * what was asked under each key, and each direction of each link has the union.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createRng } from '../../core/random.ts';
import { PROBE_PORT } from '../agent/protocol.ts';
import { BLOCKS, claimAddress, LOOPBACK_MEMBERS_MAX, loopbackAddress, SOCKS_PORT } from './loopback.ts';
import type { LinkOrder, PodSpec } from './sandbox-protocol.ts';
import { accept, readRequest, refuse } from './socks.ts';
import { OPEN_PASSAGE, TcpLink, Way, type Passage, type Target } from './tcp-link.ts';

/** What one key asks of the links of a member. */
type Asked = Pick<Extract<LinkOrder, { readonly do: 'trouble' }>, 'at' | 'peers' | 'trouble'>;

/** One member and another: what goes from it to the other, and the connections that it opens. */
interface Pair {
  readonly way: Way;
  readonly link: TcpLink;
}

export class TcpLinks {
  readonly block: number;
  readonly #claim: Server;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #names: ReadonlyMap<string, string>;
  /** By `FROM>TO`. */
  readonly #pairs = new Map<string, Pair>();
  readonly #proxies: Server[] = [];
  #asked: ReadonlyMap<string, Asked> = new Map();
  #passages: ReadonlyMap<string, Passage> = new Map();

  private constructor(block: number, claim: Server, pods: readonly PodSpec[]) {
    this.block = block;
    this.#claim = claim;
    this.#numbers = new Map(pods.map(({ name }, index) => [name, index + 1]));
    this.#names = new Map(pods.map(({ name, address }) => [address, name]));
  }

  /** Takes a block of addresses that no other run has, and listens for all links. */
  static async open(runId: string, pods: readonly PodSpec[]): Promise<TcpLinks> {
    if (pods.length > LOOPBACK_MEMBERS_MAX) throw new RangeError(`at most ${LOOPBACK_MEMBERS_MAX} members`);
    const rng = createRng(runId);
    const { block, claim } = await claimBlock(rng.int(BLOCKS.first, BLOCKS.last));
    const links = new TcpLinks(block, claim, pods);
    const names = pods.map(({ name }) => name);
    const ways = new Map(names.flatMap((from) => names.map((to) => [`${from}>${to}`, new Way(() => rng.next())])));
    for (const from of names)
      for (const to of pods) {
        const [there, back] = [ways.get(`${from}>${to.name}`) as Way, ways.get(`${to.name}>${from}`) as Way];
        const doors = from === to.name ? [] : [PROBE_PORT, ...(to.serves ?? [])];
        const address = links.#address(from, to.name);
        const link = new TcpLink(
          there,
          back,
          doors.map((port) => ({ address, port, target: links.#target(from, to.name, port) })),
        );
        links.#pairs.set(`${from}>${to.name}`, { way: there, link });
      }
    try {
      await links.#listen(pods);
    } catch (error) {
      links.close();
      throw error;
    }
    return links;
  }

  /** Settles when nothing of it is under way any more. */
  async #listen(pods: readonly PodSpec[]): Promise<void> {
    const outcomes = await Promise.allSettled([
      ...[...this.#pairs.values()].map(({ link }) => link.open()),
      ...pods.filter(({ serves = [] }) => serves.length > 0).map(({ name }) => this.#openProxy(name)),
    ]);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  /** Answers whether a link is in use, where that was asked. Throws a RangeError for what no such link can do. */
  carryOut(order: LinkOrder): boolean | undefined {
    switch (order.do) {
      case 'trouble':
        for (const name of [order.at, ...order.peers])
          if (!this.#numbers.has(name)) throw new RangeError(`there is no ${name} in this cluster`);
        if (order.trouble.what === 'loss') throw new RangeError('a TCP link in user space loses nothing');
        this.#change((asked) => asked.set(`${order.at} ${order.key}`, order));
        return undefined;
      case 'mend':
        this.#change((asked) => asked.delete(`${order.at} ${order.key}`));
        return undefined;
      case 'heal':
        this.#change((asked) => asked.clear());
        return undefined;
      case 'talks':
        return [`${order.at}>${order.peer}`, `${order.peer}>${order.at}`].some(
          (name) => this.#pairs.get(name)?.link.talks(PROBE_PORT) === true,
        );
    }
  }

  /** Ends all connections and listens no more. */
  close(): void {
    for (const { link } of this.#pairs.values()) link.close();
    for (const server of [...this.#proxies, this.#claim]) server.close();
  }

  #change(change: (asked: Map<string, Asked>) => void): void {
    const asked = new Map(this.#asked);
    change(asked);
    this.#asked = asked;
    const { passages, resets } = unionOf([...this.#asked.values()]);
    for (const [name, { way }] of this.#pairs) {
      const passage = passages.get(name) ?? OPEN_PASSAGE;
      // Set anew, a limited way may pass a burst: only what is another now.
      if (JSON.stringify(passage) !== JSON.stringify(this.#passages.get(name) ?? OPEN_PASSAGE)) way.set(passage);
    }
    this.#passages = passages;
    for (const [name, { link }] of this.#pairs) link.refuse(resets.has(name));
  }

  #address(from: string, to: string): string {
    return loopbackAddress(this.block, this.#numbers.get(from) as number, this.#numbers.get(to) as number);
  }

  #target(from: string, to: string, port: number): Target {
    return { address: this.#address(to, to), port, from: this.#address(from, to) };
  }

  async #openProxy(name: string): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      const ignore = (): void => undefined;
      client.on('error', ignore);
      this.#proxy(name, client).then(
        () => client.off('error', ignore),
        () => client.destroy(),
      );
    });
    await listening(server, this.#address(name, name), SOCKS_PORT);
    this.#proxies.push(server);
  }

  async #proxy(from: string, client: Socket): Promise<void> {
    const { address, port } = await readRequest(client);
    const to = this.#names.get(address);
    const link = to === undefined ? undefined : this.#pairs.get(`${from}>${to}`)?.link;
    if (to === undefined || link === undefined || link.refuses) {
      link?.refused(port);
      refuse(client);
      return;
    }
    accept(client);
    link.carry(client, this.#target(from, to, port));
  }
}

/** Which passages and links are not as they are when nothing is asked, by `FROM>TO`. */
export function unionOf(asked: readonly Asked[]): {
  readonly passages: ReadonlyMap<string, Passage>;
  readonly resets: ReadonlySet<string>;
} {
  const passages = new Map<string, Passage>();
  const resets = new Set<string>();
  const add = (name: string, more: (before: Passage) => Partial<Passage>): void => {
    const before = passages.get(name) ?? OPEN_PASSAGE;
    passages.set(name, { ...before, ...more(before) });
  };
  for (const { at, peers, trouble } of asked)
    for (const peer of peers) {
      const [out, into] = [`${at}>${peer}`, `${peer}>${at}`];
      switch (trouble.what) {
        case 'drop':
          for (const name of [out, into]) add(name, () => ({ held: true }));
          break;
        case 'deaf':
          add(into, () => ({ held: true }));
          break;
        case 'reset':
          for (const name of [out, into]) resets.add(name);
          break;
        case 'delay':
          add(out, ({ delayMs, jitterMs }) => ({
            delayMs: delayMs + trouble.delayMs,
            jitterMs: jitterMs + trouble.jitterMs,
          }));
          break;
        case 'bandwidth':
          add(out, ({ kbitPerSecond }) => ({ kbitPerSecond: Math.min(kbitPerSecond, trouble.kbitPerSecond) }));
          break;
        case 'loss':
          throw new RangeError('a TCP link in user space loses nothing');
      }
    }
  // Packets that are dropped reset nothing.
  for (const name of resets) {
    const [from, to] = name.split('>');
    if ([name, `${to}>${from}`].some((way) => passages.get(way)?.held === true)) resets.delete(name);
  }
  return { passages, resets };
}

/** The first block from `first` on, round about, at whose address nobody listens. */
async function claimBlock(first: number): Promise<{ readonly block: number; readonly claim: Server }> {
  const count = BLOCKS.last - BLOCKS.first + 1;
  for (let tried = 0; tried < count; tried++) {
    const block = BLOCKS.first + ((first - BLOCKS.first + tried) % count);
    const claim = createServer((socket) => socket.destroy());
    try {
      await listening(claim, claimAddress(block), PROBE_PORT);
      return { block, claim };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`somebody listens at port ${PROBE_PORT} of every block of loopback addresses`);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
