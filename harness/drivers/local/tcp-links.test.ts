import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { PROBE_PORT } from '../agent/protocol.ts';
import { claimAddress, loopbackAddress, SOCKS_PORT } from './loopback.ts';
import { OPEN_PASSAGE } from './tcp-link.ts';
import { TcpLinks, unionOf } from './tcp-links.ts';

/** Two members that call one another, and a node: numbers 1, 2 and 3. */
const PODS = [
  { name: 'etcd1', address: '198.18.2.1', serves: [2379] },
  { name: 'etcd2', address: '198.18.2.2', serves: [2379] },
  { name: 'n1', address: '198.18.1.1' },
];
const PEER_PORT = 2380;

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

async function open(runId: string): Promise<TcpLinks> {
  const links = await TcpLinks.open(runId, PODS);
  cleanups.push(() => links.close());
  return links;
}

/** A server that says who called it: the address that it sees. */
async function serve(host: string, port: number): Promise<void> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined).end(String(socket.remoteAddress));
  });
  await once(server.listen({ host, port }), 'listening');
  cleanups.push(() => server.close());
}

function call(host: string, port: number): Socket {
  const socket = connect({ host, port }).on('error', () => undefined);
  cleanups.push(() => socket.destroy());
  return socket;
}

const heard = async (socket: Socket): Promise<Buffer> => ((await once(socket, 'data')) as [Buffer])[0];

/** Asks the proxy of etcd1 for a connection, and resolves to its reply. */
async function askProxy(block: number, address: string, command = 1): Promise<{ reply: Buffer; socket: Socket }> {
  const socket = call(loopbackAddress(block, 1, 1), SOCKS_PORT);
  // In two pieces, as a slow client may.
  socket.write(Buffer.from([5, 1]));
  socket.write(Buffer.from([0]));
  expect([...(await heard(socket))]).toEqual([5, 0]);
  const port = Buffer.alloc(2);
  port.writeUInt16BE(PEER_PORT);
  socket.write(Buffer.concat([Buffer.from([5, command, 0, 1, ...address.split('.').map(Number)]), port]));
  return { reply: (await heard(socket)).subarray(0, 2), socket };
}

test('what several keys ask adds up, and what is dropped resets nothing', () => {
  const delay = { what: 'delay', delayMs: 50, jitterMs: 10 } as const;
  const { passages, resets } = unionOf([
    { at: 'n1', peers: ['etcd1', 'etcd2'], trouble: { what: 'reset' } },
    { at: 'n1', peers: ['etcd1'], trouble: { what: 'deaf' } },
    { at: 'etcd2', peers: ['n1'], trouble: delay },
    { at: 'etcd2', peers: ['n1'], trouble: delay },
    { at: 'etcd2', peers: ['n1'], trouble: { what: 'bandwidth', kbitPerSecond: 900 } },
    { at: 'etcd2', peers: ['n1'], trouble: { what: 'bandwidth', kbitPerSecond: 800 } },
    { at: 'etcd1', peers: ['etcd2'], trouble: { what: 'drop' } },
  ]);
  const held = { ...OPEN_PASSAGE, held: true };
  expect(Object.fromEntries(passages)).toEqual({
    'etcd1>n1': held,
    'etcd2>n1': { held: false, delayMs: 100, jitterMs: 20, kbitPerSecond: 800 },
    'etcd1>etcd2': held,
    'etcd2>etcd1': held,
  });
  expect([...resets].toSorted()).toEqual(['etcd2>n1', 'n1>etcd2']);
});

test('runs have blocks of their own, also when their IDs lead to the same one', async () => {
  const [one, two] = [await open('same'), await open('same')];
  expect(two.block).not.toBe(one.block);
  one.close();
  expect((await open('same')).block).toBe(one.block);
});

test('a node finds a member at the address of their link, and the member sees who calls', async () => {
  const { block } = await open('ab12cd34');
  await serve(loopbackAddress(block, 1, 1), 2379);
  const link = loopbackAddress(block, 3, 1);
  expect((await heard(call(link, 2379))).toString()).toBe(link);
});

test('members find one another through their own proxies; cut, nothing comes back; reset, it refuses', async () => {
  const links = await open('ab12cd34');
  const { block } = links;
  await serve(loopbackAddress(block, 2, 2), PEER_PORT);
  const { reply, socket } = await askProxy(block, '198.18.2.2');
  expect([...reply]).toEqual([5, 0]);
  expect((await heard(socket)).toString()).toContain(loopbackAddress(block, 1, 2));

  links.carryOut({ do: 'trouble', at: 'etcd2', key: 'k', peers: ['etcd1'], trouble: { what: 'drop' } });
  const hanging = await askProxy(block, '198.18.2.2');
  let bytes = 0;
  hanging.socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  expect(links.carryOut({ do: 'talks', at: 'etcd2', peer: 'etcd1' })).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(bytes).toBe(0);
  links.carryOut({ do: 'mend', at: 'etcd2', key: 'k' });
  await expect.poll(() => bytes).toBeGreaterThan(0);

  links.carryOut({ do: 'trouble', at: 'etcd1', key: 'r', peers: ['etcd2'], trouble: { what: 'reset' } });
  await expect.poll(() => links.carryOut({ do: 'talks', at: 'etcd1', peer: 'etcd2' }), { timeout: 3000 }).toBe(false);
  expect([...(await askProxy(block, '198.18.2.2')).reply]).toEqual([5, 5]);
  expect(links.carryOut({ do: 'talks', at: 'etcd1', peer: 'etcd2' })).toBe(true);
  links.carryOut({ do: 'heal' });
  expect([...(await askProxy(block, '198.18.2.2')).reply]).toEqual([5, 0]);
});

test('a proxy leads to nobody who is not of the run, and knows no other command', async () => {
  const { block } = await open('ab12cd34');
  expect([...(await askProxy(block, '192.0.2.1')).reply]).toEqual([5, 5]);
  expect([...(await askProxy(block, '198.18.2.2', 2)).reply]).toEqual([5, 7]);
});

test('an address that somebody has is told by its name', async () => {
  const links = await open('taken');
  links.close();
  const address = loopbackAddress(links.block, 3, 1);
  await serve(address, 2379);
  await expect(open('taken')).rejects.toThrow(`address already in use ${address}:2379`);
  // The claim is given back.
  await serve(claimAddress(links.block), PROBE_PORT);
});
