import fs from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SnowglobeError } from '../../core/errors.ts';
import { createRng } from '../../core/random.ts';
import type { SimCluster } from './cluster.ts';
import { ask, generatorOf, minterOf, startCluster } from './cluster-for-tests.ts';
import driver from './driver.ts';
import { REMEDY } from './guard-place.ts';

/** A function of Node's process that its types leave out. */
const hidden = (name: string): ((...args: unknown[]) => unknown) => Reflect.get(process, name) as never;

/** What the cluster says at the end. */
function complaintOf(cluster: SimCluster): SnowglobeError {
  try {
    cluster.assertClean();
  } catch (error) {
    if (error instanceof SnowglobeError) return error;
  }
  throw new Error('the guard noticed nothing');
}

describe('globals', () => {
  const forbidden: readonly (readonly [call: string, remedy: string, use: () => unknown])[] = [
    ['Date.now()', REMEDY.wall, () => Date.now()],
    ['new Date()', REMEDY.wall, () => new Date()],
    ['Date()', REMEDY.wall, () => Date()],
    ['performance.now()', REMEDY.monotonic, () => performance.now()],
    ['new Date()', REMEDY.wall, () => new (new Date(0).constructor as DateConstructor)()],
    ['File.lastModified', REMEDY.wall, () => new File([], 'x').lastModified],
    ['Intl.DateTimeFormat.format()', REMEDY.wall, () => new Intl.DateTimeFormat('en', { second: 'numeric' }).format()],
    ['Intl.DateTimeFormat.formatToParts()', REMEDY.wall, () => new Intl.DateTimeFormat('en').formatToParts()],
    ['Event.timeStamp', REMEDY.monotonic, () => new Event('x').timeStamp],
    ['Event.timeStamp', REMEDY.monotonic, () => new MessageEvent('x').timeStamp],
    ['performance.timeOrigin', REMEDY.monotonic, () => performance.timeOrigin],
    ['performance.nodeTiming', REMEDY.monotonic, () => performance.nodeTiming.duration],
    ['performance.mark()', REMEDY.monotonic, () => performance.mark('x').startTime],
    ['new PerformanceMark()', REMEDY.monotonic, () => Reflect.construct(PerformanceMark, ['x'])],
    ['process.threadCpuUsage()', REMEDY.host, () => process.threadCpuUsage()],
    ['process.report.getReport()', REMEDY.host, () => process.report.getReport()],
    ['process.hrtime()', REMEDY.monotonic, () => process.hrtime()],
    ['process.hrtime()', REMEDY.monotonic, () => process.hrtime.bigint()],
    ['process.uptime()', REMEDY.monotonic, () => process.uptime()],
    ['setTimeout()', REMEDY.timer, () => setTimeout(() => undefined, 1)],
    ['setTimeout()', REMEDY.timer, () => promisify(setTimeout)(1)],
    ['setInterval()', REMEDY.timer, () => setInterval(() => undefined, 1)],
    ['setImmediate()', REMEDY.timer, () => setImmediate(() => undefined)],
    ['AbortSignal.timeout()', REMEDY.timer, () => AbortSignal.timeout(1)],
    ['Atomics.wait()', REMEDY.timer, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)],
    ['Math.random()', REMEDY.random, () => Math.random()],
    ['crypto.getRandomValues()', REMEDY.random, () => crypto.getRandomValues(new Uint8Array(1))],
    ['crypto.randomUUID()', REMEDY.random, () => crypto.randomUUID()],
    ['crypto.subtle.digest()', REMEDY.other, () => crypto.subtle.digest('SHA-256', new Uint8Array(1))],
    ['fetch', REMEDY.network, () => fetch('http://127.0.0.1:1')],
    ['WebSocket', REMEDY.network, () => new WebSocket('ws://127.0.0.1:1')],
    ['process.exit()', REMEDY.host, () => process.exit(9)],
    ['process.reallyExit()', REMEDY.host, () => hidden('reallyExit')(9)],
    ['process._kill()', REMEDY.host, () => hidden('_kill')(process.pid, 0)],
    ['process.chdir()', REMEDY.host, () => process.chdir('.')],
    ['process.availableMemory()', REMEDY.host, () => process.availableMemory()],
    ['process.memoryUsage()', REMEDY.host, () => process.memoryUsage.rss()],
    ['process.binding()', REMEDY.other, () => hidden('binding')('natives')],
    ['URL.createObjectURL()', REMEDY.random, () => URL.createObjectURL(new Blob(['x']))],
    ['process.getBuiltinModule()', REMEDY.other, () => process.getBuiltinModule('fs')],
  ];

  test.each(forbidden)('%s throws in a node, and is remembered though swallowed', async (call, remedy, use) => {
    let thrown: unknown;
    await using cluster = await startCluster(() =>
      minterOf((into) => {
        try {
          use();
        } catch (error) {
          thrown = error;
        }
        into[0] = 1n;
        return 1;
      }),
    );
    expect((await ask(cluster, 'n1')).status).toBe('ok');
    expect(thrown).toBeInstanceOf(SnowglobeError);
    const complaint = complaintOf(cluster);
    expect(complaint.exitCode).toBe(2);
    expect(complaint.problems).toEqual([
      {
        what: `node n1 used ${call}, which the simulator cannot make repeatable.`,
        remedy,
        where: 'generator tiny',
      },
    ]);
    expect(() => cluster.history()).toThrow(SnowglobeError);
  });

  test('code that goes on after a wait is still in its node', async () => {
    await using cluster = await startCluster(async (env) => {
      await env.sleep(5);
      void Promise.resolve().then(() => {
        try {
          Date.now();
        } catch {
          // Swallowed, and yet remembered.
        }
      });
      return minterOf(() => 0);
    });
    expect(complaintOf(cluster).message).toContain('Date.now()');
  });

  test('what only computes is free', async () => {
    await using cluster = await startCluster(() =>
      minterOf((into) => {
        const date = new Date(1e12);
        into[0] = BigInt(date.getTime() + (date instanceof Date ? 1 : 0) + Math.max(1, 2));
        queueMicrotask(() => undefined);
        const second = new Intl.DateTimeFormat('en', { second: 'numeric', timeZone: 'UTC' });
        into[0] += BigInt(second.format(date)) + BigInt(second.formatToParts(0)[0]?.value ?? 9);
        new AbortController().abort();
        return 1;
      }),
    );
    await ask(cluster, 'n1');
    expect(cluster.history().ids[0]).toBe(1_000_000_000_043n);
  });

  test('outside of nodes everything is real, and after the last cluster everything is as it was', async () => {
    const names = ['Date', 'setTimeout', 'fetch'] as const;
    const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
    const random = Object.getOwnPropertyDescriptor(Math, 'random');
    const one = await startCluster(() => minterOf(() => 0));
    const other = await startCluster(() => minterOf(() => 0));
    await one[Symbol.asyncDispose]();
    const start = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(new Date().getTime()).toBeGreaterThan(start);
    expect(Math.random()).not.toBe(Math.random());
    expect(typeof fetch).toBe('function');
    expect(process.hrtime.bigint()).toBeGreaterThan(0n);
    other.assertClean();
    await other[Symbol.asyncDispose]();
    expect(names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))).toEqual(before);
    expect(Object.getOwnPropertyDescriptor(Math, 'random')).toEqual(random);
    expect(Object.hasOwn(performance, 'now')).toBe(false);
    expect(new Event('x').timeStamp).toBeGreaterThan(0);
    expect(new Intl.DateTimeFormat('en', { timeZone: 'UTC', year: 'numeric' }).format()).toMatch(/^2\d{3}$/);
    expect(new Date(0).constructor).toBe(Date);
  });
});

describe('modules', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'snowglobe-guard-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  let files = 0;
  /** Launches a generator from a file: `head` is its top level, `use` runs inside `mint`. */
  const launch = async (head: string, use: string, ending = 'ts', nodes = 1): Promise<SimCluster> => {
    const file = path.join(folder, `gen${files++}.${ending}`);
    await writeFile(
      file,
      `${head}
      const mint = (into) => { try { ${use} } catch {} into[0] = 1n; return 1; };
      export default {
        name: 'from-file', summary: '', promises: [],
        layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
        node: { kind: 'shell', create: () => ({ mint, holding: () => ({ workerId: 0 }), close: async () => {} }) },
      };`.replaceAll('(into)', ending === 'ts' ? '(into: BigUint64Array): number' : '(into)'),
    );
    const cluster = await driver.launch(
      { nodes, coordinatorMembers: 1, options: {} },
      {
        runId: 'abcdefgh',
        owner: { machineId: '', bootId: '', pidNamespace: '', pid: 1, startTicks: '' },
        folder,
        generator: { generator: generatorOf(() => minterOf(() => 0), 'from-file'), file },
        seed: '1',
        rng: createRng(1),
        log: () => undefined,
        signal: new AbortController().signal,
      },
    );
    await cluster.time.sleep(400);
    return cluster;
  };

  const forbidden: readonly (readonly [head: string, use: string, says: string])[] = [
    [`import { randomBytes } from 'node:crypto';`, 'randomBytes(4)', 'node:crypto randomBytes'],
    [`import { randomUUID } from 'crypto';`, 'randomUUID()', 'node:crypto randomUUID'],
    [
      `import * as crypto from 'node:crypto';`,
      'crypto.webcrypto.getRandomValues(new Uint8Array(1))',
      'node:crypto webcrypto.getRandomValues',
    ],
    [`import { setTimeout as sleep } from 'node:timers/promises';`, 'sleep(1)', 'node:timers/promises setTimeout'],
    [`import { setTimeout as later } from 'node:timers';`, 'later(() => 0, 1)', 'node:timers setTimeout'],
    [`import timers from 'node:timers';`, 'timers.promises.setTimeout(1)', 'node:timers promises.setTimeout'],
    [`import { performance } from 'node:perf_hooks';`, 'performance.now()', 'node:perf_hooks performance.now'],
    [`import { readFileSync } from 'node:fs';`, `readFileSync('/etc/hostname')`, 'node:fs readFileSync'],
    [`import { readFile } from 'node:fs/promises';`, `readFile('/etc/hostname')`, 'node:fs/promises readFile'],
    [`import { connect } from 'node:net';`, 'connect(1)', 'node:net connect'],
    [`import http from 'node:http';`, `http.get('http://127.0.0.1:1')`, 'node:http get'],
    [`import { execSync } from 'node:child_process';`, `execSync('true')`, 'node:child_process execSync'],
    [`import { Worker } from 'node:worker_threads';`, `new Worker('x')`, 'node:worker_threads Worker'],
    [`import { hostname } from 'node:os';`, 'hostname()', 'node:os hostname'],
    [`import { hrtime } from 'node:process';`, 'hrtime.bigint()', 'node:process hrtime.bigint'],
    [
      `import { createRequire } from 'node:module'; const fs = createRequire(import.meta.url)('fs');`,
      `fs.statSync('/')`,
      'node:fs statSync',
    ],
    ['', `import('node:fs').catch(() => undefined)`, `import('node:fs')`],
  ];

  test.each(forbidden)('%s %s', async (head, use, says) => {
    await using cluster = await launch(head, use);
    await ask(cluster, 'n1');
    await cluster.time.sleep(10);
    const complaint = complaintOf(cluster);
    expect(complaint.message).toContain(`node n1 used ${says},`);
    expect(complaint.message).toContain('generator from-file');
    expect(complaint.exitCode).toBe(2);
  });

  test('a module that the generator imports is guarded like it, in JavaScript and CommonJS too', async () => {
    await writeFile(
      path.join(folder, 'inner.mjs'),
      `import { randomInt } from 'node:crypto'; export const roll = () => randomInt(6);`,
    );
    await writeFile(path.join(folder, 'outer.mjs'), `export { roll } from './inner.mjs';`);
    await writeFile(
      path.join(folder, 'old.cjs'),
      `const { uptime } = require('node:os'); exports.up = () => uptime();`,
    );
    await using cluster = await launch(
      `import { roll } from './outer.mjs'; import old from './old.cjs';`,
      'try { roll(); } finally { old.up(); }',
      'mjs',
    );
    await ask(cluster, 'n1');
    expect(complaintOf(cluster).problems.map(({ what }) => what.split(',')[0])).toEqual([
      'node n1 used node:crypto randomInt',
      'node n1 used node:os uptime',
    ]);
  });

  test('what only computes is free', async () => {
    await using cluster = await launch(
      `import { createHash } from 'node:crypto'; import path from 'node:path'; import { deflateSync } from 'node:zlib';
       import { Buffer } from 'node:buffer'; import assert from 'node:assert/strict'; import { inspect } from 'util';`,
      `assert.ok(createHash('sha256').update(inspect(path.join('a', 'b'))).digest().length); deflateSync(Buffer.alloc(9));`,
    );
    expect(await ask(cluster, 'n1')).toMatchObject({ status: 'ok' });
    cluster.assertClean();
  });

  test('a class may extend a guarded one, until one is made', async () => {
    await using cluster = await launch(`import { Agent } from 'node:http'; class Mine extends Agent {}`, 'new Mine()');
    cluster.assertClean();
    await ask(cluster, 'n1');
    expect(complaintOf(cluster).message).toContain('node:http Agent');
  });

  test('the top level of a module is watched as well, each time', async () => {
    const file = path.join(folder, `gen${files}.ts`);
    await expect(launch('try { Date.now(); } catch {}', '')).rejects.toThrow('its module used Date.now()');
    files--;
    await expect(launch('try { Date.now(); } catch {}', '')).rejects.toThrow('its module used Date.now()');
    expect(file).toBe(path.join(folder, `gen${files - 1}.ts`));
    await expect(launch('Math.random();', '')).rejects.toMatchObject({ exitCode: 2 });
  });

  test('each life of each node has the top level of its modules to itself, as real processes have', async () => {
    await writeFile(path.join(folder, 'count.cjs'), 'let last = 0n; exports.next = () => ++last;');
    await writeFile(path.join(folder, 'count.mjs'), 'let last = 0n; export const next = () => ++last;');
    const head = `import old from './count.cjs'; import { next } from './count.mjs'; let last = 0n;`;
    const mint = 'into[1] = old.next(); into[2] = next(); into[0] = ++last; return 3;';
    const minted = async (cluster: SimCluster): Promise<readonly bigint[]> => {
      for (const { name } of cluster.nodes) await ask(cluster, name, 3);
      return [...cluster.history().ids];
    };
    await using one = await launch(head, mint, 'mjs', 2);
    await using other = await launch(head, mint, 'mjs', 2);
    expect(await minted(one)).toEqual([1n, 1n, 1n, 1n, 1n, 1n]);
    expect(await minted(other)).toEqual([1n, 1n, 1n, 1n, 1n, 1n]);
    await one.nodes[0]?.process.kill();
    await one.nodes[0]?.process.start();
    await ask(one, 'n1', 3);
    await ask(one, 'n1', 3);
    expect([...one.history().ids].slice(6)).toEqual([1n, 1n, 1n, 2n, 2n, 2n]);
  });

  test('within one life, modules that import one another share their state', async () => {
    await writeFile(path.join(folder, 'state.cjs'), 'exports.calls = 0n;');
    await writeFile(
      path.join(folder, 'left.cjs'),
      `const state = require('./state.cjs'); exports.add = () => ++state.calls;`,
    );
    await using cluster = await launch(
      `import left from './left.cjs'; import state from './state.cjs';`,
      'left.add(); left.add(); into[0] = state.calls; return 1;',
      'mjs',
    );
    await ask(cluster, 'n1');
    expect([...cluster.history().ids]).toEqual([2n]);
  });

  test('a life whose modules cannot be loaded ends, and may be followed by another', async () => {
    // The instances share `globalThis`, which tells them apart here.
    const lives = `globalThis[Symbol.for('snowglobe test lives')]`;
    await using cluster = await launch(
      `${lives} = (${lives} ?? 0) + 1; if (${lives} === 2) throw new Error('late');`,
      '',
      'mjs',
    );
    const process = cluster.nodes[0]?.process;
    await process?.kill();
    await process?.start();
    await cluster.time.sleep(10);
    expect(await process?.alive()).toBe(false);
    await process?.start();
    expect(await ask(cluster, 'n1')).toMatchObject({ status: 'ok', incarnation: 3 });
  });

  test('a library of the harness that patched node:fs is no offence of the module that Node reads with it', async () => {
    const original = fs.readFileSync;
    let reads = 0;
    // As graceful-fs does, which testcontainers brings along.
    const patched = (...args: Parameters<typeof original>): ReturnType<typeof original> => {
      if (Date.now() > 0) reads++;
      return original(...args);
    };
    try {
      fs.readFileSync = patched as typeof original;
      await writeFile(path.join(folder, 'plain.cjs'), 'exports.one = 1n;');
      await using cluster = await launch(`import plain from './plain.cjs';`, 'plain.one;', 'mjs');
      cluster.assertClean();
    } finally {
      fs.readFileSync = original;
    }
    expect(reads).toBeGreaterThan(0);
  });

  test('a file that does not compile is bad input', async () => {
    await expect(launch('const a = ;', '')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('cannot load'),
    });
  });
});

test('what several nodes used is told once, with their names', async () => {
  const used = (): ReturnType<typeof minterOf> => minterOf(() => Number(Date.now() > 0));
  const cluster = await startCluster(used, { nodes: 3 });
  for (const { name } of cluster.nodes) await ask(cluster, name);
  expect(() => cluster.assertClean()).toThrow(
    expect.objectContaining({
      problems: [
        {
          what: expect.stringContaining('nodes n1, n2, n3 used Date.now()') as unknown,
          where: 'generator tiny',
          remedy: expect.any(String) as unknown,
        },
      ],
    }) as Error,
  );
  await cluster[Symbol.asyncDispose]();
});
