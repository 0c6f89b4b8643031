/** Starts with something wrong in the environment: each has to end by itself and serve nobody. */
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Bench, Ground } from '../bench.ts';
import { sleep } from '../clocks.ts';
import type { Misconfigured } from '../evidence.ts';
import { ask } from '../http-client.ts';

/** A virtual machine may have to start first. */
const END_MS = 15_000;
const POLL_MS = 50;
const ASK_MS = 1000;

const CASES: Readonly<Record<string, (ground: Ground) => Record<string, string | undefined>>> = {
  'without SNOWGLOBE_NODE': () => ({ SNOWGLOBE_NODE: undefined }),
  'without SNOWGLOBE_TAPS': () => ({ SNOWGLOBE_TAPS: undefined }),
  'without SNOWGLOBE_LISTEN': () => ({ SNOWGLOBE_LISTEN: undefined }),
  'with SNOWGLOBE_TAPS=/…/no-such-folder': ({ folder }) => ({ SNOWGLOBE_TAPS: join(folder, 'no-such-folder') }),
  'with SNOWGLOBE_LISTEN=nowhere': () => ({ SNOWGLOBE_LISTEN: 'nowhere' }),
};

export async function misconfigured(bench: Bench): Promise<readonly Misconfigured[]> {
  const cases = Object.entries(CASES).map(async ([what, variables]) => {
    const ground = await bench.ground();
    const node = bench.start(ground, { variables: variables(ground) });
    for (const until = performance.now() + END_MS; node.end === undefined && performance.now() < until;) {
      if ((await ask(ground.tcp, '/health', { withinMs: ASK_MS })).reply !== undefined) break;
      await sleep(POLL_MS);
    }
    const end = await node.endWithin(0);
    node.kill();
    return { what, end };
  });
  return Promise.all([...cases, onPortOfAnother(bench)]);
}

async function onPortOfAnother(bench: Bench): Promise<Misconfigured> {
  const ground = await bench.ground();
  const other = await listening(ground.port);
  const node = bench.start(ground);
  const end = await node.endWithin(END_MS);
  node.kill();
  other.close();
  return { what: 'with a port in SNOWGLOBE_LISTEN that another program has', end };
}

function listening(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
