/**
 * What only real threads and processes can show: nodes as the shell runs them, their taps read and judged as in a run.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import increasing from '../../harness/checkers/increasing-per-node.ts';
import unique from '../../harness/checkers/unique.ts';
import type { Generator } from '../../harness/core/generator.ts';
import { NO_REQUESTS } from '../../harness/core/history.ts';
import type { History } from '../../harness/core/history.ts';
import { readHistory } from '../../harness/engine/history-for-tests.ts';
import threads, { LANES } from '../snowflake-threads.ts';
import beforeSnapshot from './draws-before-snapshot.ts';
import keepsReading from './keeps-reading-in-race.ts';
import racesForSequence from './races-for-sequence.ts';

const SHELL = join(import.meta.dirname, '../shell/main.ts');
/** Nobody listens there: these generators ask no coordinator. */
const NO_ETCD = 'http://127.0.0.1:1';
/** A second on a machine that is free; snapshots are taken meanwhile. */
const SERVES_MS = 30_000;
/** How long a race may take to show. It shows within the first second on two free cores. */
const HUNT_MS = 8000;
const BATCH = 2000;

let folder: string;
let nodes: Node[] = [];
const agent = new http.Agent({ keepAlive: true });
afterAll(() => agent.destroy());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-nodes-'));
  mkdirSync(join(folder, 'taps'));
});
afterEach(async () => {
  for (const { child } of nodes) await end(child);
  nodes = [];
  rmSync(folder, { recursive: true });
});

interface Node {
  readonly child: ChildProcess;
  readonly socketPath: string;
  log(): string;
}

/** Starts n1, n2, …; resolves when all of them serve. */
async function startNodes(count: number, generatorFile: string): Promise<readonly Node[]> {
  for (let index = 0; index < count; index++) nodes.push(startNode(`n${index + 1}`, index, generatorFile));
  const troubles = () =>
    Promise.all(
      nodes.map((node) =>
        ask(node, 1).then(
          () => '',
          () => `does not serve: ${node.log()}`,
        ),
      ),
    );
  await expect.poll(troubles, { timeout: SERVES_MS }).toEqual(nodes.map(() => ''));
  return nodes;
}

function startNode(name: string, index: number, generatorFile: string): Node {
  const [socketPath, disk] = [join(folder, `${name}.sock`), join(folder, name)];
  mkdirSync(disk);
  const child = spawn(process.execPath, [SHELL], {
    env: {
      SNOWGLOBE_NODE: name,
      SNOWGLOBE_INDEX: String(index),
      SNOWGLOBE_TAPS: join(folder, 'taps'),
      SNOWGLOBE_DISK: disk,
      SNOWGLOBE_GENERATOR: generatorFile,
      SNOWGLOBE_ETCD: NO_ETCD,
      SNOWGLOBE_LISTEN: `unix:${socketPath}`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return { child, socketPath, log: () => log };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Asks for IDs; resolves with how many came, by lane. Rejects when the node refuses or is not there. */
function ask({ socketPath }: Node, count: number): Promise<{ readonly lane: number; readonly ids: number }> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/octet-stream' };
    const request = http.get({ socketPath, path: `/ids?count=${count}`, headers, agent }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`));
        const [, lane, , ids] = String(response.headers['snowglobe-seq']).split('/').map(Number);
        resolve({ lane: lane!, ids: ids! });
      });
    });
    request.on('error', reject);
  });
}

/** What the taps hold, whole. */
function historyOf({ layout }: Generator, count: number): History {
  const rest = { layout, nodes: ['n1', 'n2'].slice(0, count), requests: NO_REQUESTS, health: [] };
  const origin = { monotonicNs: '0', unixMs: 0, errorNs: 0 };
  const { history, problems } = readHistory(join(folder, 'taps'), origin, rest);
  expect(problems).toEqual([]);
  return history;
}

const isUnique = (history: History) => unique.fold(history, { guarantee: 'unique' });

test('threads that share one word mint side by side, each into a lane of its own: all that was answered is there, once', async () => {
  const [node] = await startNodes(1, fileOf('../snowflake-threads.ts'));
  const answered = Array.from({ length: LANES }, () => 0);
  const client = async (): Promise<void> => {
    for (let asked = 0; asked < 10; asked++) {
      const { lane, ids } = await ask(node!, BATCH);
      answered[lane]! += ids;
    }
  };
  await Promise.all(Array.from({ length: 2 * LANES }, client));

  const history = historyOf(threads, 1);
  const { batches } = history;
  const stored = answered.map((_, lane) =>
    batches.count.reduce((sum, count, batch) => sum + (batches.lane[batch] === lane ? count : 0), 0),
  );
  // One ID was asked for to see whether the node serves.
  expect(stored.map((ids, lane) => ids - answered[lane]!).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1]);
  expect(Math.min(...answered)).toBeGreaterThan(BATCH);
  expect(isUnique(history)).toMatchObject({ verdict: 'pass', checked: history.ids.length });
  expect(increasing.fold(history, { guarantee: 'increasing-per-node' })).toMatchObject({ verdict: 'pass' });
}, 45_000);

test.each([racesForSequence, keepsReading])(
  'the threads of $name mint one ID twice',
  async (generator) => {
    const [node] = await startNodes(1, fileOf(`${generator.name}.ts`));
    const until = performance.now() + HUNT_MS;
    let found = isUnique(historyOf(generator, 1));
    while (found.verdict !== 'fail' && performance.now() < until) {
      await Promise.all(Array.from({ length: 4 * LANES }, () => ask(node!, BATCH).catch(() => undefined)));
      found = isUnique(historyOf(generator, 1));
    }
    expect(found).toMatchObject({ verdict: 'fail' });
    const [first, second] = found.witnesses[0]!.sightings;
    expect(first!.id).toBe(second!.id);
  },
  45_000,
);

/** Both nodes in the same milliseconds, again and again. */
async function askBoth(): Promise<void> {
  for (let round = 0; round < 50; round++) await Promise.all(nodes.map((node) => ask(node, 20)));
}

test('two nodes that are restored from one snapshot mint what it drew, both the same', async () => {
  await startNodes(2, fileOf('draws-before-snapshot.ts'));
  await askBoth();
  const found = isUnique(historyOf(beforeSnapshot, 2));
  expect(found).toMatchObject({ verdict: 'fail' });
  expect(new Set(found.witnesses[0]!.sightings.map(({ node }) => node)).size).toBe(2);
}, 45_000);

test('two nodes that are restored from one snapshot, and draw after that, mint nothing twice', async () => {
  const file = join(folder, 'draws-after-restore.ts');
  writeFileSync(
    file,
    `import before from ${JSON.stringify(fileOf('draws-before-snapshot.ts'))};
     import { Uuidv7Minter } from ${JSON.stringify(fileOf('../uuidv7.ts'))};
     const create = (env) => {
       env.log('restored ' + JSON.stringify(env.restored));
       return new Uuidv7Minter(env);
     };
     export default { ...before, name: 'draws-after-restore', node: { ...before.node, create } };`,
  );
  const both = await startNodes(2, file);
  const drawn = both.map((node) => /restored (\[[\d,]+\])/.exec(node.log())?.[1]);
  expect(drawn[0]).toBeDefined();
  expect(drawn[1]).toBe(drawn[0]);
  await askBoth();
  expect(isUnique(historyOf(beforeSnapshot, 2))).toMatchObject({ verdict: 'pass' });
}, 45_000);

function fileOf(name: string): string {
  return join(import.meta.dirname, name);
}
