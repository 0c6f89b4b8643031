import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { untilFree } from './until-healthy.ts';

const LOOPBACK = '127.0.0.1';
const wait = (ms: number): Promise<void> => sleep(ms);

async function listener(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => socket.destroy()).listen(0, LOOPBACK);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    if (server.listening) await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

test('a port at which another process listens is no port for a service', async () => {
  await using other = await listener();
  const free = untilFree([{ host: LOOPBACK, port: other.port }], wait);
  await expect(free).rejects.toThrow(`another process listens at ${LOOPBACK}:${other.port} already`);
});

test('one that was just left is waited for', async () => {
  const other = await listener();
  const free = untilFree([{ host: LOOPBACK, port: other.port }], wait);
  await sleep(100);
  await other[Symbol.asyncDispose]();
  await expect(free).resolves.toBeUndefined();
});
