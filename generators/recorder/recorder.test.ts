/** The recorder beside a service that misbehaves, in one process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GeneratorEnv, Minter } from '../../harness/core/generator.ts';
import { isCodeFault, threwInMint } from '../../harness/core/minter-problem.ts';
import type { HttpAsk, ServiceNode } from '../../harness/core/node-program.ts';
import type { Layout } from '../../harness/core/layout.ts';
import type { ShellConfig } from '../shell/config.ts';
import { type HostileBehaviour, type HostileService, startHostile } from './hostile-service-for-tests.ts';
import { startRecorder } from './recorder.ts';

const LAYOUT: Layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 };

/** For services that do not answer. */
const HASTY = { timeoutMs: 300 };

class Refused extends Error {}

let folder: string;
let hostile: HostileService;
let minter: Minter | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-recorder-'));
  hostile = await startHostile();
});
afterEach(async () => {
  await minter?.close();
  minter = undefined;
  await hostile[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const config = (): ShellConfig => ({
  node: 'n3',
  index: 0,
  nodes: 3,
  host: '127.0.0.1',
  tapFolder: folder,
  diskFolder: folder,
  clockPrefix: [],
  options: {},
  etcd: ['http://10.0.0.1:2379'],
  listen: [],
});

const env = {
  sleep: (ms: number) => sleep(ms),
  refusal: (reason: string) => new Refused(reason),
  log: () => undefined,
  signal: new AbortController().signal,
} as unknown as GeneratorEnv;

/** A recorder in front of the hostile service, with one lane. */
async function record(ask: Partial<HttpAsk> = {}, node: Partial<ServiceNode> = {}, layout = LAYOUT): Promise<Minter> {
  const described: ServiceNode = {
    kind: 'service',
    urls: [`http://127.0.0.1:${hostile.port}`],
    ask: { over: 'http', path: '/id', health: '/health', ...ask },
    lanes: 1,
    ...node,
  };
  return (minter = await startRecorder({ name: 'mine', layout, node: described }, config(), env));
}

interface Minted {
  readonly given: bigint[];
  readonly extras: bigint[];
  readonly encoded: readonly (bigint | number)[] | undefined;
}

async function mint(recorder: Minter, count: number): Promise<Minted> {
  const into = new BigUint64Array(count);
  const given = into.subarray(0, await recorder.mint(into, count));
  return { given: [...given], extras: [...(recorder.extras?.() ?? [])], encoded: recorder.encode?.(given) };
}

/** What a call that throws says, and what it left. */
async function failing(recorder: Minter): Promise<{ readonly said: unknown; readonly left: bigint[] }> {
  const into = new BigUint64Array(2);
  const said: unknown = await Promise.resolve(recorder.mint(into, 2)).then(
    (count) => `no error, and ${count} IDs`,
    (error: unknown) => error,
  );
  return { said, left: [...into, ...(recorder.extras?.() ?? [])].filter((id) => id !== 0n) };
}

describe('what a service gives', () => {
  test('is handed on, over one connection', async () => {
    const recorder = await record();
    const [first] = (await mint(recorder, 5)).given;
    for (let at = 1n; at < 20n; at++) expect((await mint(recorder, 5)).given).toEqual([first! + at]);
    expect(hostile.connections).toBe(2); // that of the health check is its own
  });

  test('above what was asked for is recorded all the same', async () => {
    hostile.behave('a hundred at a time');
    const { given, extras } = await mint(await record(), 10);
    expect(given).toHaveLength(10);
    expect(extras).toHaveLength(90);
    expect(extras[0]).toBe(given[9]! + 1n);
  });

  test('as many as are asked for, where it can be told', async () => {
    hostile.behave('as many as asked');
    const { given, extras } = await mint(await record({ path: '/id?count={count}' }), 7);
    expect([given.length, extras.length]).toEqual([7, 0]);
  });

  test('as a number of JSON above 2^53 reaches clients as JavaScript holds it, and is recorded as it is', async () => {
    hostile.behave('numbers of JSON');
    const recorder = await record();
    const { given, encoded } = await mint(recorder, 1);
    expect(encoded).toEqual([Number(given[0])]);
    hostile.behave('good');
    expect((await mint(recorder, 1)).encoded).toBeUndefined();
  });

  test.each<HostileBehaviour>(['in chunks', 'of HTTP/1.0', 'slow, byte by byte'])('%s comes whole', async (how) => {
    hostile.behave(how);
    const recorder = await record();
    for (let round = 0; round < 2; round++) expect((await mint(recorder, 1)).given).toHaveLength(1);
  });

  test('over a connection that it closes after each answer comes without an error', async () => {
    hostile.behave('closing after each');
    const recorder = await record();
    for (let round = 0; round < 5; round++) {
      expect((await mint(recorder, 1)).given).toHaveLength(1);
      await expect.poll(() => hostile.open).toBe(0);
      await setImmediate(); // until the other end has looked
    }
  });
});

describe('a service that gives no IDs is told of, as a fault that ends a run in which nobody was given one', () => {
  const text = (body: string): string => JSON.stringify(body);
  test.each<[HostileBehaviour, string]>([
    ['HTML', `answered HTML or XML in place of IDs: ${text('<!doctype html><title>Welcome</title>')}`],
    ['an error text', `answered what is no ID: ${text('worker ID not assigned yet')} is no decimal number`],
    [
      'an error in JSON',
      'answered JSON without id or ids: there is an object with the keys code, message; ask.ids says where IDs are, as in json:/data/id',
    ],
    ['null', 'answered no ID where one should be at /id: there is null'],
    ['nothing', 'answered nothing: the body is empty'],
    ['not found', `answered HTTP 404 to GET /id: ${text('no such page')}`],
    ['an error', `answered HTTP 500 to GET /id: ${text('{"error":"out of luck"}')}`],
    ['redirect', 'answered HTTP 302 to GET /id: it sends its clients to "/login", and is asked itself only'],
    [
      'too many bits',
      'answered what is no ID: "340282366920938463463374607431768211455" does not fit in the 64 bits of the layout',
    ],
    ['closing', 'closed the connection without an answer'],
    ['closing in the middle', 'closed the connection in the middle of its answer'],
    ['silent', 'did not answer in time (300 ms)'],
    ['another protocol', 'does not speak HTTP/1.1'],
    ['compressed', 'answered in an encoding that nobody asked for: gzip'],
  ])('%s', async (how, said) => {
    hostile.behave(how);
    const { said: error, left } = await failing(await record(HASTY));
    expect(error).toMatchObject({ name: 'ServiceFault', message: `the service ${said}` });
    expect(isCodeFault(threwInMint(error))).toBe(true);
    expect(left).toEqual([]);
  });

  test('an endless answer', async () => {
    hostile.behave('endless');
    const { said } = await failing(await record({ timeoutMs: 20_000 }));
    expect(said).toMatchObject({ message: 'the service answered without an end: a body of more than 16 MiB' });
  });

  test('it is asked once, whatever becomes of the answer', async () => {
    const recorder = await record(HASTY);
    for (const how of ['closing', 'closing in the middle', 'silent', 'an error'] as const) {
      const before = hostile.requests.length;
      hostile.behave(how);
      await failing(recorder);
      expect(hostile.requests.length - before).toBe(1);
    }
  });

  test('the next call is served as if nothing had been', async () => {
    const recorder = await record(HASTY);
    for (const how of ['silent', 'closing', 'another protocol', 'an error'] as const) {
      hostile.behave(how);
      await failing(recorder);
      hostile.behave('good');
      expect((await mint(recorder, 1)).given).toHaveLength(1);
    }
  });

  test('an answer that comes too late is not taken for that of the next request', async () => {
    const recorder = await record(HASTY);
    const [first] = (await mint(recorder, 1)).given;
    hostile.behave('with the next request');
    expect((await failing(recorder)).said).toMatchObject({ message: 'the service did not answer in time (300 ms)' });
    hostile.behave('good');
    expect((await mint(recorder, 1)).given).toEqual([first! + 2n]);
  });

  test('of ever new messages only the first are told in full', async () => {
    const recorder = await record({ path: '/id?count={count}', ids: 'json:/nowhere' });
    hostile.behave('as many as asked');
    const said = new Set<string>();
    for (let count = 1; count < 60; count++) {
      const into = new BigUint64Array(count);
      said.add(
        await Promise.resolve(recorder.mint(into, count)).then(String, (error: unknown) => (error as Error).message),
      );
    }
    expect(said.size).toBe(1); // nothing in it differs
    const other = await record();
    hostile.behave('an error with an ID');
    const told = new Set<string>();
    for (let at = 0; at < 60; at++) told.add(((await failing(other)).said as Error).message);
    expect(told.size).toBe(21);
  });
});

test.each<[HostileBehaviour, string]>([
  ['refusal', 'HTTP 503'],
  ['too many requests', 'HTTP 429'],
])('%s is no fault: it refuses', async (how, reason) => {
  hostile.behave(how);
  const { said } = await failing(await record());
  expect(said).toBeInstanceOf(Refused);
  expect(said).toMatchObject({ message: reason });
});

test('an ID where IDs were said to be, in an answer that says that there is none, is evidence', async () => {
  hostile.behave('an error with an ID');
  const { said, left } = await failing(await record({ ids: 'json:/id' }));
  expect(said).toMatchObject({ name: 'ServiceFault' });
  expect(left).toHaveLength(1);
});

test('minus one is an ID: the promise fails-closed judges it', async () => {
  hostile.behave('minus one');
  expect((await mint(await record(), 1)).given).toEqual([2n ** 64n - 1n]);
});

describe('what its node holds', () => {
  const held = async (ask: Partial<HttpAsk>, layout = LAYOUT): Promise<unknown> =>
    (await record(ask, {}, layout)).holding();

  test('a worker ID that a template hands it is held', async () => {
    expect(await held({ headers: { 'x-worker': '{worker}' } })).toEqual({ workerId: 0 });
  });
  test('one that it assigns by itself is not told', async () => {
    expect(await held({})).toEqual({});
    expect(await held({ headers: { 'x-node': '{index}' } })).toEqual({});
    // A part of something else is a name, or another number.
    expect(await held({ headers: { 'x-pod': 'ids-{worker}', 'x-worker': '5{worker}' } })).toEqual({});
    expect(await held({ headers: { 'x-args': '--worker-id={worker}' } })).toEqual({ workerId: 0 });
  });
  test('none, where IDs carry none', async () => {
    expect(await held({ path: '/id?w={worker}' }, { ...LAYOUT, workerBits: 0 })).toEqual({});
    // A datacenter and a worker: which of the two it is, nobody says.
    expect(await held({ path: '/id?w={worker}' }, { ...LAYOUT, workerParts: [5, 5] })).toEqual({});
  });
});

test('templates are filled in what it is asked', async () => {
  const recorder = await record({
    path: '/{node}/id',
    headers: { 'x-etcd': '{etcd}' },
    method: 'POST',
    body: '{{"n":{count}}}',
  });
  await failing(recorder);
  expect(hostile.requests.at(-1)).toMatch(/^POST \/n3\/id HTTP\/1\.1\r\n/);
  expect(hostile.requests.at(-1)).toContain('x-etcd: http://10.0.0.1:2379');
  expect(hostile.requests.at(-1)).toMatch(/content-type: application\/json\r\n(.*\r\n)*content-length: 7/);
});

describe('what is described wrongly is told before anything starts', () => {
  test.each<[Partial<HttpAsk>, string]>([
    [{ path: '/{option.region}' }, 'is described wrongly: {option.region}: n3 has no such option'],
    [
      { path: '/a b' },
      'cannot be asked at the path "/a b": blanks, and letters that are not ASCII, are written as in %20',
    ],
    [{ headers: { 'x-a': 'b\r\nc: d' } }, 'cannot be asked with the header "x-a: b\\r\\nc: d"'],
    [{ ids: 'text:(' }, 'is described wrongly: Invalid regular expression: /(/g: Unterminated group'],
    [{ ids: 'json:id' }, 'is described wrongly: the JSON pointer id does not begin with /'],
    [
      { form: 'ulid' },
      'cannot be recorded: IDs of the form ulid are kept in 128 bits, and the layout has 64: give it idBits 128',
    ],
  ])('%j', async (ask, message) => {
    await expect(record(ask)).rejects.toThrow(expect.objectContaining({ message: `the service ${message}` }));
  });
});

test('one that never becomes healthy is told of with what it says', async () => {
  const never = record({ health: '/ready' }, { startsWithinMs: 200 });
  hostile.behave('not found');
  await expect(never).rejects.toThrow(
    `the service did not serve within 0.2 s: GET http://127.0.0.1:${hostile.port}/ready was answered HTTP 404 ("no such page")`,
  );
});
