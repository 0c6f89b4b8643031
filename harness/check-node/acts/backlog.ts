/** Whether a question after health waits behind requests for IDs, or behind clients that take their time. */
import net from 'node:net';
import type { Socket } from 'node:net';
import type { Bench, Ground } from '../bench.ts';
import { NotSeen } from '../bench.ts';
import type { Backlog, Burst } from '../evidence.ts';
import { isBehind } from '../health-patience.ts';
import { ask, askForIds } from '../http-client.ts';
import { longestWaitMs, waitsNow } from '../run-queue.ts';

/** One in which health came at once shows that it does not queue. */
const BURSTS_MAX = 5;
/** Half of what the harness has connections for: drivers/agent/node-client.ts. */
const REQUESTS = 64;
/** Few: a program with one thread serves in turn what has come, and what it computes for so long is no queue. */
const IDS = 1000;

/** One of this machine is there at once; a node that takes none any more is not waited for. */
const CONNECTS_MS = 5000;

/** What a client may send and then do nothing more. */
const SLOW_CLIENTS: Readonly<Record<string, string>> = {
  'a client that has sent half a request': 'GET /ids?count=1 HTTP/1.1\r\nHost: ',
  'a client that keeps its connection open after an answer': 'GET /ids?count=1 HTTP/1.1\r\nHost: node\r\n\r\n',
  'a client that does not read the 100000 IDs that it asked for':
    'GET /ids?count=100000 HTTP/1.1\r\nHost: node\r\nAccept: application/json\r\n\r\n',
};

export async function backlog(bench: Bench): Promise<Backlog> {
  const ground = await bench.ground();
  const { node } = await bench.startServing(ground);
  await bench.untilIds(ground.tcp, 1, 'bytes');
  const bursts: Burst[] = [];
  while (bursts.length < BURSTS_MAX && bursts.every(isBehind)) bursts.push(await burst(ground));
  const beside: Backlog['beside'][number][] = [];
  for (const [client, says] of Object.entries(SLOW_CLIENTS)) {
    const socket = await connected(ground);
    socket.pause().write(says);
    // It has come to the node when what was sent after it is answered, if by that at all.
    await ask(ground.tcp, '/health');
    beside.push({ client, health: await ask(ground.tcp, '/health') });
    socket.destroy();
  }
  node.kill();
  return { bursts, beside };
}

async function burst({ tcp, taps }: Ground): Promise<Burst> {
  const before = waitsNow('SNOWGLOBE_TAPS', taps);
  const begun = performance.now();
  const since = (): number => performance.now() - begun;
  const requests = Promise.all(Array.from({ length: REQUESTS }, () => askForIds(tcp, IDS, 'bytes')));
  const health = ask(tcp, '/health').then(since);
  await requests;
  const tookMs = since();
  const starvedMs = longestWaitMs(before, waitsNow('SNOWGLOBE_TAPS', taps));
  return { requests: REQUESTS, tookMs, healthMs: await health, starvedMs };
}

/** Rejects with `NotSeen` where the node takes no connection, as when the requests before were too much for it. */
function connected({ port }: Ground): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', timeout: CONNECTS_MS }, () => resolve(socket));
    const failed = (why: string): void =>
      reject(new NotSeen(`after ${REQUESTS} requests it took no connection: ${why}`));
    // Also told of one that is open and idle, as it is to be.
    socket.on('timeout', () => {
      if (!socket.connecting) return;
      socket.destroy();
      failed(`none in ${CONNECTS_MS / 1000} s`);
    });
    // Later the node may end it as it likes: that is no rule of this act.
    socket.on('error', ({ message }) => failed(message));
  });
}
