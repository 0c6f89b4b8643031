/**
 * A Snowflake behind HTTP, as people write them, who never heard of snowglobe: `node id-service.ts HOST PORT WORKER`.
 *
 * `/id` answers one ID as text, `/number` as a number of JSON, `/ids?count=N` a list of strings, `/hundred` always a
 * hundred; `/slow` mints at once and answers 300 ms later; `/end` ends the process; `/environment` says what it was started
 * with.
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const EPOCH_MS = 1_288_834_974_657;
const SEQUENCE_MAX = 4095;

const [host = '127.0.0.1', port = '8000', worker = '0'] = process.argv.slice(2);
let lastMs = 0;
let sequence = 0;

function nextId(): bigint {
  let now = Math.max(Date.now(), lastMs);
  if (now > lastMs) sequence = 0;
  else if (sequence === SEQUENCE_MAX) [now, sequence] = [now + 1, 0];
  else sequence++;
  lastMs = now;
  return (BigInt(now - EPOCH_MS) << 22n) | (BigInt(worker) << 12n) | BigInt(sequence);
}

const ids = (count: number): string => JSON.stringify({ ids: Array.from({ length: count }, () => String(nextId())) });

const ROUTES: Readonly<Record<string, (query: URLSearchParams) => string | Promise<string>>> = {
  '/health': () => 'fine',
  '/id': () => String(nextId()),
  '/number': () => `{"id":${nextId()}}`,
  '/ids': (query) => ids(Number(query.get('count'))),
  '/hundred': () => ids(100),
  '/slow': () => {
    const id = String(nextId());
    return sleep(300, id);
  },
  '/end': () => {
    console.error('out of paper');
    process.exit(3);
  },
  '/environment': () => JSON.stringify(process.env),
};

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url as string, 'http://x');
  const route = ROUTES[pathname];
  if (route === undefined) response.writeHead(404).end('no such page');
  else response.end(await route(searchParams));
});
server.listen(Number(port), host, () => console.log(`serving at ${host}:${port}`));
process.once('SIGTERM', () => {
  console.log('told to end');
  process.exit(0);
});
