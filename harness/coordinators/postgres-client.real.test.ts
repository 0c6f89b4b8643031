import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePostgresEndpoint, PostgresClient } from './postgres-client.ts';
import type { PostgresForTests } from './postgres-for-tests.ts';
import { startPostgres } from './postgres-for-tests.ts';
import { rangesLaws } from './ranges.laws.ts';

rangesLaws('a real PostgreSQL', async () => {
  const postgres = await startPostgres();
  return {
    client: () => postgres.client(),
    nowMs: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    slackMs: 400,
    silence: () => postgres.pause(),
    kill: () => postgres.kill(),
    restore: async () => {
      postgres.resume();
      await postgres.start();
    },
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  };
});

let postgres: PostgresForTests;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres[Symbol.asyncDispose]());

test('a statement that was sent and never answered may still be carried out, and is never given out again', async () => {
  const client = postgres.client();
  const { to } = await client.next('late', 10, 2000);
  await postgres.pause();
  await expect(client.next('late', 10, 200)).rejects.toMatchObject({ name: 'CoordinationTimeout' });
  postgres.resume();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await client.highest('late', 2000)).toBe(to + 10n);
});

test('what the server refuses is no unknown outcome', async () => {
  const client = postgres.client();
  await client.setHighest('full', 2n ** 63n - 1n, 2000);
  await expect(client.next('full', 1, 2000)).rejects.toMatchObject({ name: 'CoordinationRefused' });
  expect(await client.highest('full', 2000)).toBe(2n ** 63n - 1n);
});

test('where nobody listens, a call is refused at once', async () => {
  await expect(new PostgresClient('postgres://127.0.0.1:1').next('x', 1, 2000)).rejects.toMatchObject({
    name: 'CoordinationRefused',
  });
});

test('an endpoint is a URL with a port or a socket', () => {
  expect(parsePostgresEndpoint('unix:/tmp/x.sock')).toEqual({ path: '/tmp/x.sock' });
  expect(parsePostgresEndpoint('postgres://[::1]:5432')).toEqual({ host: '::1', port: 5432 });
  expect(() => parsePostgresEndpoint('http://x:1')).toThrow(RangeError);
});
