/**
 * Nodes that nobody of ours started: two services of this machine, asked at their URLs, one of them stopped and let go by
 * commands of the user's.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, journalHas, readRun, runFolder, snowglobe } from '../../laws/cli-process.ts';
import { statOf } from '../agent/proc.ts';
import { sweep } from './driver.ts';
import { listTraces } from './traces.ts';

/** Serves a Snowflake of its own at `/next`; prints its port. */
const SERVICE = `
const worker = BigInt(process.argv[1]);
let last = 0n, sequence = 0n;
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/health') return response.end('ok');
  const now = BigInt(Date.now()) - 1288834974657n;
  sequence = now > last ? 0n : sequence + 1n;
  last = now > last ? now : last;
  response.end(JSON.stringify({ id: String((last << 22n) | (worker << 12n) | sequence) }));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
const services: { readonly child: ChildProcess; readonly url: string }[] = [];

beforeAll(async () => {
  for (const worker of ['1', '2']) {
    const child = spawn(process.execPath, ['-e', SERVICE, worker], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    services.push({ child, url: `http://127.0.0.1:${port.toString().trim()}` });
  }
});

afterAll(async () => {
  for (const { child } of services) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

interface Hook {
  readonly inject?: string;
  readonly observe?: string;
  readonly heal?: string;
  readonly forMs: number;
}

/** A scenario in which the first service is stopped, and the words that run it. */
function commandLine(hook: Hook, runs = 'runs'): readonly string[] {
  const pid = services[0]!.child.pid;
  const options = {
    nodes: ['n1'],
    inject: hook.inject ?? `kill -STOP ${pid}`,
    observe: hook.observe ?? `grep -q '^State:.T' /proc/${pid}/status`,
    heal: hook.heal ?? `kill -CONT ${pid}`,
  };
  const scenario = {
    name: 'stopped-by-hand',
    question: 'Do IDs stay unique while a node stands still?',
    generator: 'uuidv7',
    cluster: { nodes: 3, coordinatorMembers: 0 },
    load: { idsPerSecond: 100, batch: { min: 1, max: 1, mean: 1 } },
    warmUpMs: 1500,
    timetable: {
      order: 'given',
      slots: [
        {
          name: 'stop',
          lengthMs: hook.forMs + 2000,
          disturbances: [{ fault: 'hook', options, atMs: 200, forMs: hook.forMs }],
        },
      ],
    },
    recoverMs: 2000,
  };
  const file = join(folder, `${runs}.json`);
  writeFileSync(file, JSON.stringify(scenario));
  const urls = services.map(({ url }) => url).join(',');
  const asked = ['--ask', '/next', '--ids', 'json:/id', '--health', '/health', '--layout', 'twitter'];
  return ['run', file, '--generator', `http:${urls}`, ...asked, '--load', 'built-in', '--runs', join(folder, runs)];
}

const isStopped = (): boolean => statOf(services[0]!.child.pid as number)?.state === 'T';

test('IDs that came back are judged, a hook bites and is undone, and the scope of it all is said', async () => {
  const { ended } = snowglobe(commandLine({ forMs: 1500 }));
  const { code, stdout } = await ended;
  expect(stdout).toContain('PASS');
  expect(code).toBe(0);
  expect(stdout).toContain('as many nodes as URLs, 2');
  expect(stdout).toMatch(/stop: hook {2}.*\n/);
  expect(stdout).toMatch(/Client-side: the IDs in replies that reached this machine/);
  expect(stdout).toMatch(/increasing-per-node +not judged/);
  expect(isStopped()).toBe(false);
  expect(listTraces()).toEqual([]);
});

// These two leave the services alone, and run side by side.
test.concurrent('a hook that does nothing did not bite: nothing was proved', async ({ expect }) => {
  const { ended } = snowglobe(commandLine({ inject: 'true', forMs: 500 }, 'nothing'));
  const { code, stdout } = await ended;
  expect(code).toBe(12);
  expect(stdout).toContain('did not bite');
});

test.concurrent('a measurement that says yes whatever is done proves nothing', async ({ expect }) => {
  const { ended } = snowglobe(commandLine({ inject: 'true', observe: 'true', heal: 'true', forMs: 500 }, 'always'));
  const { code, stdout } = await ended;
  expect(code).toBe(12);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('in force before it is injected: true');
});

test('a heal that fails costs the run a doubt, not its verdict, and stays owed until it can be paid', async () => {
  const mended = join(folder, 'mended');
  const heal = `test -e ${mended} && kill -CONT ${services[0]!.child.pid}`;
  const { ended } = snowglobe(commandLine({ heal, forMs: 500 }));
  const { code, stdout } = await ended;
  expect(code).toBe(12);
  expect(stdout).toContain('not healed');
  expect(isStopped()).toBe(true);
  const [left] = listTraces();
  expect(left?.parts.join()).toContain(heal);
  writeFileSync(mended, '');
  await sweep(left!.runId);
  expect(isStopped()).toBe(false);
  expect(listTraces()).toEqual([]);
});

test('what a hook did is undone when the harness is killed', async () => {
  const { child, ended } = snowglobe(commandLine({ forMs: 20_000 }, 'killed'));
  const run = await runFolder(join(folder, 'killed'));
  await journalHas(
    run,
    'the hook in force',
    (entry) => entry.kind === 'disturbance' && entry.what === 'sample' && entry.sample.took === true,
  );
  expect(isStopped()).toBe(true);
  child.kill('SIGKILL');
  await ended;
  await eventually('the service runs again', 10_000, () => (isStopped() ? undefined : true));
  await eventually('no trace of the run', 10_000, () => (listTraces().length === 0 ? true : undefined));
  expect(readRun(run).verdict).toBe('unknown');
});
