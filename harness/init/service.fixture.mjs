// A small ID service that never heard of snowglobe: node service.fixture.mjs PORT WORKER [same|uuid|text|number] [LOG]
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, worker, how, log] = process.argv.slice(2);
const EPOCH_MS = Date.parse('2021-06-01T00:00:00Z');
let tick = 0;
let sequence = 0;

if (log !== undefined) appendFileSync(log, 'started\n');

/** 41 bits of milliseconds, 10 of worker ID, 12 of sequence; the time never goes back. */
function next() {
  const now = Math.max(Date.now() - EPOCH_MS, tick);
  sequence = now === tick ? sequence + 1 : 0;
  tick = now;
  return (BigInt(tick) << 22n) | (BigInt(how === 'same' ? 0 : worker) << 12n) | BigInt(sequence);
}

/** As JSON. */
const ID = {
  uuid: () => `"${randomUUID()}"`,
  text: () => `"id_${next().toString(36)}"`,
  number: () => String(next()),
};

createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(`{"data":{"id":${ID[how]?.() ?? `"${next()}"`}}}`);
}).listen(Number(port), '0.0.0.0');
