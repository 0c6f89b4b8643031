import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { serveMetrics } from './metrics-server.ts';

const source = (text: string) => ({ contentType: 'text/plain; version=0.0.4', text: async () => text });

test('serves what is shown at the moment, at /metrics and nowhere else', async () => {
  await using server = await serveMetrics(0);
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  expect(await (await fetch(server.url)).text()).toBe('');
  server.show(source('one 1\n'));
  const reply = await fetch(server.url);
  expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
    200,
    'text/plain; version=0.0.4',
    'one 1\n',
  ]);
  server.show(source('two 2\n'));
  expect(await (await fetch(server.url)).text()).toBe('two 2\n');
  expect((await fetch(new URL('/', server.url))).status).toBe(404);
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(404);
});

test('a port that somebody has is refused with a way out', async () => {
  await using server = await serveMetrics(0);
  const port = Number(new URL(server.url).port);
  await expect(serveMetrics(port)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(new RegExp(`--metrics-port: Port ${port} .* Give another port, or 0`)) as unknown,
  });
});

test('nobody else on the network gets in', async () => {
  await using server = await serveMetrics(0);
  const { port } = new URL(server.url);
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4')
    .map((one) => one!.address);
  for (const host of others) expect(await connects(host, port), host).toBe(false);
  expect(await connects('127.0.0.1', port)).toBe(true);
});

test('what lingers ends with the signal', async () => {
  await using server = await serveMetrics(0);
  const began = performance.now();
  await server.linger(AbortSignal.timeout(20));
  expect(performance.now() - began).toBeLessThan(2000);
});

function connects(host: string, port: string): Promise<boolean> {
  return new Promise((resolve) => {
    request({ host, port, path: '/metrics', timeout: 1000 }, (reply) => {
      reply.resume();
      resolve(true);
    })
      .on('error', () => resolve(false))
      .on('timeout', () => resolve(false))
      .end();
  });
}
