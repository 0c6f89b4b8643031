/** What an agent does to a link, measured over the link: two namespaces with an agent in each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { NetworkControl } from '../../core/cluster.ts';
import type { AgentClient } from './agent-client.ts';
import { deadlineOf, type SendOrder } from './agent-client.ts';
import { cleanUp, cleanups, startAgent, twoNetns, type Netns, type StartedAgent } from './netns-for-tests.ts';
import { networkControl } from './network-control.ts';

afterEach(cleanUp);

interface Pod {
  readonly netns: Netns & { readonly address: string };
  readonly agent: AgentClient;
  readonly child: StartedAgent['child'];
  readonly network: NetworkControl;
}

/** Pods called `a` and `b`. */
async function twoPods(): Promise<readonly [Pod, Pod]> {
  const [one, other] = twoNetns();
  const [a, b] = await Promise.all([
    startAgent(one).then((started) => ({ netns: one, ...started })),
    startAgent(other).then((started) => ({ netns: other, ...started })),
  ]);
  const of = (name: string): Omit<Pod, 'network'> => (name === 'a' ? a : b);
  const sendTo =
    (name: string): SendOrder =>
    (order) =>
      of(name).agent.send(order, deadlineOf(order));
  const locate = (name: string): { address: string; port: number } => ({ address: of(name).netns.address, port: 1 });
  return [
    { ...a, network: networkControl(sendTo('a'), locate, sendTo) },
    { ...b, network: networkControl(sendTo('b'), locate, sendTo) },
  ];
}

const arrived = async (from: Pod, to: 'a' | 'b', packets = 20): Promise<number> =>
  (await from.network.probe(to, { packets, bytes: 32, waitMs: 300 })).length;

/** How long it takes to pass 20 kB one way, in milliseconds, as the receiver sees it. */
async function passesMs(from: Pod, to: 'a' | 'b'): Promise<number> {
  const arrivals = await from.network.probe(to, { packets: 40, bytes: 500, waitMs: 1500 });
  expect(arrivals.length).toBe(40);
  return Math.max(...arrivals.map(({ arrivedMs }) => arrivedMs));
}

/** A server in one pod to which a client in the other sends a byte every 20 ms: what becomes of a connection that stands. */
async function standingConnection(server: Pod, client: Pod): Promise<{ readonly fate: Promise<string> }> {
  const run = (pod: Pod, script: string): ReturnType<typeof spawn> => {
    const [program, ...args] = [...pod.netns.enter, process.execPath, '-e', script] as const;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    cleanups.push(() => child.kill('SIGKILL'));
    return child;
  };
  const listening = run(
    server,
    `net.createServer((s) => s.on('error', () => {}).resume()).listen(7, () => console.log('up'))`,
  );
  await once(listening.stdout!, 'data');
  const speaking = run(
    client,
    `const s = net.connect(7, '${server.netns.address}', () => { console.log('open'); setInterval(() => s.write('x'), 20); });
     s.on('error', (e) => { console.log(e.code); process.exit(); });`,
  );
  await once(speaking.stdout!, 'data');
  return { fate: once(speaking.stdout!, 'data').then(([said]) => String(said).trim()) };
}

test('deaf: what comes is dropped, what goes passes, and no connection opens either way', async () => {
  const [a, b] = await twoPods();
  expect([await arrived(a, 'b'), await arrived(b, 'a')]).toEqual([20, 20]);
  await b.network.trouble('k', ['a'], { what: 'deaf' });
  expect([await arrived(a, 'b'), await arrived(b, 'a')]).toEqual([0, 20]);
  expect(await Promise.all([a.network.reaches('b', 150), b.network.reaches('a', 150)])).toEqual([false, false]);
  await b.network.mend('k');
  expect(await arrived(a, 'b')).toBe(20);
});

test(
  'reset: a connection that stands ends with an error, a new one is refused, at once',
  { timeout: 15_000 },
  async () => {
    const [a, b] = await twoPods();
    const { fate } = await standingConnection(b, a);
    expect(await a.network.talks('b')).toBe(true);
    await a.network.trouble('k', ['b'], { what: 'reset' });
    expect(await fate).toBe('ECONNRESET');
    expect(await Promise.all([a.network.handshake('b', 500), b.network.handshake('a', 500)])).toEqual([
      'reset',
      'reset',
    ]);
    await a.network.mend('k');
    expect(await a.network.handshake('b', 500)).toBe('accepted');
    expect(await a.network.talks('b')).toBe(false);
  },
);

test('loss: a share of what comes; that of two keys adds up, and each goes with its own key', async () => {
  const [a, b] = await twoPods();
  const tries = 600;
  await b.network.trouble('one', ['a'], { what: 'loss', percent: 50 });
  const half = await arrived(a, 'b', tries);
  expect(half).toBeGreaterThan(220);
  expect(half).toBeLessThan(380);
  expect(await arrived(b, 'a', tries)).toBe(tries);
  await b.network.trouble('two', ['a'], { what: 'loss', percent: 60 });
  const fifth = await arrived(a, 'b', tries);
  expect(fifth).toBeGreaterThan(60);
  expect(fifth).toBeLessThan(180);
  await b.network.mend('one');
  await b.network.mend('two');
  expect(await arrived(a, 'b', tries)).toBe(tries);
});

test(
  'bandwidth: bytes take their time one way; a killed agent loses it within seconds, qdisc or not',
  { timeout: 15_000 },
  async () => {
    const [a, b] = await twoPods();
    const before = await passesMs(a, 'b');
    // 40 packets of 542 bytes, of which 3000 bytes pass at once: 15 kB, 120 ms.
    await a.network.trouble('k', ['b'], { what: 'bandwidth', kbitPerSecond: 1000 });
    const slow = await passesMs(a, 'b');
    expect(slow).toBeGreaterThan(120);
    expect(slow).toBeGreaterThan(before);
    expect(a.netns.inside('tc', 'qdisc', 'show', 'dev', 'eth0')).toContain('tbf');
    a.child.kill('SIGKILL');
    await sleep(5500);
    expect(a.netns.inside('tc', 'qdisc', 'show', 'dev', 'eth0')).toContain('tbf');

    // What is left does nothing: no address is sent there.
    expect(a.netns.inside('nft', 'list', 'table', 'inet', 'snowglobe')).not.toContain(b.netns.address);
    const { agent: next } = await startAgent(a.netns);
    expect(a.netns.inside('tc', 'qdisc', 'show', 'dev', 'eth0')).not.toContain('tbf');
    await next.close();
  },
);

test(
  'rules and qdiscs of somebody else stay as they are, whatever is done and undone',
  { timeout: 15_000 },
  async () => {
    const [a] = await twoPods();
    const { inside } = a.netns;
    inside('nft', 'add table inet other; add chain inet other c { type filter hook input priority -20; }');
    inside('nft', 'add set inet other cut { type ipv4_addr; }');
    inside('nft', 'add element inet other cut { 203.0.113.7 }; add rule inet other c ip saddr @cut drop');
    inside(
      'tc',
      'qdisc',
      'add',
      'dev',
      'lo',
      'root',
      'handle',
      '77:',
      'tbf',
      'rate',
      '1gbit',
      'burst',
      '100000',
      'latency',
      '1ms',
    );
    // With handles: a rule that was taken away and put back would have another.
    const others = (): string =>
      inside('nft', '-a', 'list', 'table', 'inet', 'other') + inside('tc', 'qdisc', 'show', 'dev', 'lo');
    const before = others();
    const orders = [
      () => a.network.cut('1', ['b']),
      () => a.network.trouble('2', ['b'], { what: 'deaf' }),
      () => a.network.trouble('3', ['b'], { what: 'reset' }),
      () => a.network.trouble('4', ['b'], { what: 'loss', percent: 10 }),
      () => a.network.trouble('5', ['b'], { what: 'bandwidth', kbitPerSecond: 500 }),
      () => a.network.mend('1'),
      () => a.agent.send({ do: 'heal' }),
      () => a.network.cut('6', ['b']),
    ];
    for (const order of orders) {
      await order();
      expect(others()).toBe(before);
    }
    await sleep(1200); // a renewal
    expect(others()).toBe(before);
    await a.agent.close();
    await expect.poll(() => a.child.exitCode).toBe(0);
    expect(others()).toBe(before);
    expect(inside('nft', 'list', 'tables')).toBe('table inet other\n');
  },
);

test('a root qdisc of somebody else is left alone, and the link is not called slow', async () => {
  const [a] = await twoPods();
  a.netns.inside(
    'tc',
    'qdisc',
    'add',
    'dev',
    'eth0',
    'root',
    'handle',
    '77:',
    'tbf',
    'rate',
    '1gbit',
    'burst',
    '100000',
    'latency',
    '1ms',
  );
  const before = a.netns.inside('tc', 'qdisc', 'show', 'dev', 'eth0');
  await expect(a.network.trouble('k', ['b'], { what: 'bandwidth', kbitPerSecond: 500 })).rejects.toThrow('tc: ');
  expect(a.netns.inside('tc', 'qdisc', 'show', 'dev', 'eth0')).toBe(before);
  expect(await arrived(a, 'b')).toBe(20);
});

test('rules that somebody takes away show in the measurement: it does not look at them', async () => {
  const [a] = await twoPods();
  await a.network.cut('k', ['b']);
  expect(await a.network.reaches('b', 200)).toBe(false);
  a.netns.inside('nft', 'flush', 'table', 'inet', 'snowglobe');
  expect(await a.network.reaches('b', 1000)).toBe(true);
});
