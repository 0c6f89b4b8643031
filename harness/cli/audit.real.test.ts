/** `snowglobe audit` as its user has it: processes, pipes, signals, the embedded engine, and a table of a server. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Audit } from '../audit/audit-schema.ts';
import { auditSchema } from '../audit/audit-schema.ts';
import { fuzzAudits } from '../audit/audit-fuzz-fixture.ts';
import { encodeId } from '../core/layout.ts';
import { parseLayout } from '../core/layout-spec.ts';
import { snowglobe } from '../laws/cli-process.ts';
import type { EmbeddedEngine } from '../stores/clickhouse/embedded.ts';
import { startEngine } from '../stores/clickhouse/embedded.ts';
import { PASSWORD_VARIABLE } from './audit-table.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const TWITTER = parseLayout('twitter');
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-audits-'));
let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await startEngine(join(folder, 'engine'));
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function tell(query: string): Promise<void> {
  const { url, username, password } = engine.address;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(url, { method: 'POST', body: query, headers: { authorization } });
  expect(await response.text()).toBe('');
}

const ids = (worker: number, from: number, count: number): readonly bigint[] =>
  Array.from({ length: count }, (_, index) =>
    encodeId(TWITTER, { tick: 5e11 + from + index, workerId: worker, sequence: 1 }),
  );
const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const lines = (of: readonly (string | bigint)[]): string => of.map((id) => `${id}\n`).join('');
const run = async (args: readonly string[], environment = {}): ReturnType<typeof snowglobe>['ended'] =>
  snowglobe(['audit', ...args], { TMPDIR: folder, ...environment }, folder).ended;
const read = (stdout: string): Audit => auditSchema.parse(JSON.parse(stdout));

describe('exit codes and words', () => {
  test('0: unique; the method, the order of each node and how to repeat it are told', async () => {
    const path = write('good.txt', lines(ids(1, 0, 5)));
    const { code, stdout, stderr } = await run([path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/✔ PASS {2}audit of .*good\.txt, 5 IDs of 1 node {2}exit 0/);
    expect(stdout).toContain('established by certificate, exact, for 5 IDs');
    expect(stdout).toContain('every ID is greater than the one before it, in the one line');
    expect(stdout).toContain(`repeat  snowglobe audit ${path}`);
  });

  test('10: a duplicate, with its owners and fields; the report is one page without a script', async () => {
    write('a.txt', lines(ids(1, 0, 9)));
    write('b<i>.txt', lines([...ids(1, 5, 2), ...ids(2, 0, 1)]));
    const report = join(folder, 'report.html');
    const { code, stdout } = await run(['a.txt', 'b<i>.txt', '--layout', 'twitter', '--report', report]);
    expect(code).toBe(10);
    expect(stdout).toMatch(/✘ FAIL/);
    expect(stdout).toMatch(/2 times: .*a\.txt #5, .*b<i>\.txt #0 {2}2026-09-08T\S+, worker 1,\s+sequence 1/);
    expect(stdout).toMatch(/suspects.*\n.*4 IDs of 1 worker ID/);
    const page = readFileSync(report, 'utf8');
    expect(page).toContain('Fail: IDs were emitted more than once');
    expect(page).toContain('b&lt;i&gt;.txt');
    expect(page).not.toMatch(/<script|<i>\.txt|https?:/);
  });

  test('12: with --lenient what is no ID is counted; --json is one document of the published schema', async () => {
    const path = write('bad.txt', lines(['1', 'x', '3']));
    const { code, stdout } = await run([path, '--lenient', '--json']);
    expect(code).toBe(12);
    expect(read(stdout)).toMatchObject({
      verdict: 'unknown',
      ids: '2',
      refused: { total: 1, shown: [{ line: 2, text: 'x' }] },
    });
  });

  test.each([
    [['bad.txt'], ['bad.txt:2: "x" is no ID.', '--lenient']],
    [[], ['needs FILES']],
    [['none.txt'], ['none.txt: Cannot be read']],
    [['good.txt', '--layout', 'twiter'], ['--layout: There is no layout called "twiter": did you mean twitter?']],
    [
      ['good.txt', '--format', 'parket'],
      ['--format: There is no format "parket".', 'Did you mean parquet?'],
    ],
    [
      ['good.txt', '--format', 'parquet'],
      ['good.txt: ', 'Not a Parquet file'],
    ],
    [['good.txt', '--suspects', 'x.csv'], ['--suspects: Who held a worker ID when is read from a layout']],
    [
      ['good.txt', '--layout', 'twitter', '--suspects', 'no/x.csv'],
      ['--suspects', 'cannot be written'],
    ],
    [['good.txt', '--seed', '1'], ['takes no --seed']],
    [['--from', 'http://localhost/a.b'], ['--from: `http://localhost/a.b` names no table.']],
    [
      ['--from', 'clickhouse://me:secret@localhost/a.b'],
      ['--from: A password in a command', PASSWORD_VARIABLE],
    ],
  ])('2: %j', async (args, says) => {
    write('good.txt', lines(ids(1, 0, 5)));
    write('bad.txt', lines(['1', 'x', '3']));
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const text of says) expect(stderr).toContain(text);
    expect(stderr).not.toContain('secret');
  });

  test('no input moves the cursor, or paints over the verdict', async () => {
    const hostile = write('hostile.csv', 'id,host\n1,a\u001b[2J\n2,b\nx\r3,\u202eb\n');
    const { stdout } = await run([hostile, '--node-column', 'host', '--lenient']);
    const { stderr } = await run([hostile]);
    expect(stdout).toContain(String.raw`a\u001b[2J  1 ID`);
    expect(stdout).toContain(String.raw`"x\r3" is no ID`);
    expect(stderr).toContain(String.raw`"x\r3" is no ID.`);
    expect(stdout + stderr).not.toMatch(/[\r\u001b\u202e]/);
  });

  test('a pipe is standard input, and its IDs may be compressed', () => {
    const input = gzipSync(lines([1n, 2n, 2n]));
    const { status, stdout } = spawnSync(process.execPath, [MAIN, 'audit', '-'], { input, encoding: 'utf8' });
    expect(status).toBe(10);
    expect(stdout).toContain('1 ID was emitted more than once');
  });

  test('130: interrupted, an input without an end included, and no temporary file is left', async () => {
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const child = spawn(process.execPath, [MAIN, 'audit', '-'], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(lines(ids(1, 0, 20_000)));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    for (let waited = 0; readdirSync(temporary).length === 0 && waited < 200; waited++) await sleep(50);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('Parquet, by the embedded engine', () => {
  const parquet = async (name: string, select: string): Promise<string> => {
    const path = join(folder, name);
    rmSync(path, { force: true });
    await tell(`INSERT INTO FUNCTION file('${path}', 'Parquet') ${select}`);
    return path;
  };

  test('whole numbers of 64 bits as they lie, in the order of their rows', async () => {
    const path = await parquet(
      'u.parquet',
      "SELECT bitXor(toUInt64('18446744073709551615'), number) AS id FROM numbers(3)",
    );
    const { code, stdout } = await run([path, '--json']);
    expect(code).toBe(0);
    expect(read(stdout).lines[0]).toMatchObject({ ids: '3', first: '18446744073709551615', backward: '2' });
  });

  test('signed ones; a negative one is an error, or an ID of a signed column', async () => {
    const path = await parquet('i.parquet', 'SELECT toInt64(number) - 1 AS id FROM numbers(3)');
    const strict = await run([path]);
    expect(strict.code).toBe(2);
    expect(strict.stderr).toMatch(/i\.parquet:1: "-1" has a minus sign\./);
    const signed = await run([path, '--signed', '--json']);
    expect(read(signed.stdout).lines[0]).toMatchObject({ first: '18446744073709551615', last: '1' });
  });

  test('a null is an error with its row, and never 0', async () => {
    const path = await parquet('n.parquet', 'SELECT if(number = 2, NULL, number) AS id FROM numbers(4)');
    const { code, stderr } = await run([path]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/n\.parquet:3: .*is null\./);
  });

  test('texts are read as strictly as those of a text file, with their nodes', async () => {
    const path = await parquet(
      's.parquet',
      "SELECT toString(number % 3) AS id, concat('n', toString(number % 2)) AS node FROM numbers(6)",
    );
    const { code, stdout } = await run([path, '--node-column', 'node', '--json']);
    expect(code).toBe(10);
    expect(read(stdout).unique?.duplicates[0]?.sightings.map(({ node }) => node)).toEqual(['n0', 'n1']);
    const wrong = await parquet('w.parquet', "SELECT arrayJoin(['1', '18446744073709551616']) AS id");
    expect((await run([wrong])).stderr).toMatch(/w\.parquet:2: .*more than the largest ID/);
  });

  test('UUIDs are 128 bits; doubles, and a column that is not there, are refused', async () => {
    const uuids = await parquet('g.parquet', 'SELECT generateUUIDv4() AS id FROM numbers(3)');
    expect(read((await run([uuids, '--json'])).stdout)).toMatchObject({ verdict: 'pass', idBits: 128, form: 'uuid' });
    const doubles = await parquet('d.parquet', 'SELECT toFloat64(number) AS id FROM numbers(3)');
    expect((await run([doubles])).stderr).toContain('what was above 2^53 was rounded');
    expect((await run([doubles, '--column', 'key'])).stderr).toContain('There is no column key: it has id');
  });
});

test('a table of a server, its password in the environment, and kept out of all that is told', async () => {
  await tell('CREATE DATABASE IF NOT EXISTS shop');
  await tell('CREATE TABLE shop.orders (key UInt64, host String) ENGINE = MergeTree ORDER BY key');
  await tell("INSERT INTO shop.orders SELECT number % 9999, if(number < 5000, 'n1', 'n2') FROM numbers(10000)");
  const { url, username, password } = engine.address;
  const from = `${url.replace('http:', 'clickhouse:').replace('//', `//${username}@`)}/shop.orders`;
  const args = ['--from', from, '--column', 'key', '--node-column', 'host', '--json'];
  const { code, stdout, stderr } = await run(args, { [PASSWORD_VARIABLE]: password });
  expect(code).toBe(10);
  const audit = read(stdout);
  expect(audit).toMatchObject({ ids: '10000', orderJudged: false, unique: { repeated: '1' } });
  expect(audit.unique?.duplicates[0]?.sightings.map(({ node }) => node)).toEqual(['n1', 'n2']);
  expect(stdout + stderr).not.toContain(password);

  const refused = await run(args, { [PASSWORD_VARIABLE]: 'wrong' });
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain(PASSWORD_VARIABLE);
  const lacking = await run([...args.slice(0, 2), '--column', 'nothing'], { [PASSWORD_VARIABLE]: password });
  expect(lacking.code).toBe(2);
  expect(lacking.stderr).toContain('There is no column nothing: it has key, host');
});

test('a server that breaks off in the middle of its answer is told, and what came before is no audit', async () => {
  await tell('CREATE DATABASE IF NOT EXISTS shop');
  await tell('CREATE TABLE shop.many (id UInt64) ENGINE = MergeTree ORDER BY id');
  await tell('INSERT INTO shop.many SELECT number FROM numbers(100000)');
  const { url, username, password } = engine.address;
  let cutsHow: 'reset' | 'end' = 'reset';
  // The real engine, and a network that gives up in between.
  const proxy = createServer(async (request, response) => {
    const body = await text(request);
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { authorization: request.headers.authorization! },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!body.includes('FORMAT CSV')) return void response.writeHead(answer.status).end(bytes);
    // To the end of a line: nothing but the number of rows tells.
    const half = bytes.subarray(0, bytes.indexOf(0x0a, bytes.length >> 1) + 1);
    if (cutsHow === 'end') return void response.writeHead(200).end(half);
    return void response.writeHead(200, { 'content-length': bytes.length }).write(half, () => response.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = proxy.address() as AddressInfo;
    const args = ['--from', `clickhouse://${username}@127.0.0.1:${port}/shop.many`];
    for (cutsHow of ['reset', 'end'] as const) {
      const { code, stderr } = await run(args, { [PASSWORD_VARIABLE]: password });
      expect(code, cutsHow).toBe(2);
      expect(stderr).toMatch(/shop\.many: Cannot be read: the server (broke off|sent \d+ rows of the 100000)/);
      const lenient = await run([...args, '--lenient', '--json'], { [PASSWORD_VARIABLE]: password });
      expect(read(lenient.stdout)).toMatchObject({ verdict: 'unknown', refused: { byKind: { unreadable: 1 } } });
    }
  } finally {
    proxy.close();
  }
});

/** The long one is `npm run torture -- audit-fuzz`. */
const FUZZED_FILES = 2000;

test(`${FUZZED_FILES} hostile files and taps: no crash, no hang, and no answer that a plain fold would not give`, async () => {
  const place = join(folder, 'fuzz');
  mkdirSync(place);
  let files = 0;
  const wrong: string[] = [];
  const answers = new Map<string, number>();
  for await (const result of fuzzAudits(place, 1)) {
    files += result.files;
    const key = `${result.kind} ${result.answer}`;
    answers.set(key, (answers.get(key) ?? 0) + 1);
    if (result.wrong !== undefined) wrong.push(`seed ${result.seed}: ${result.wrong}`);
    if (files >= FUZZED_FILES) break;
  }
  expect(wrong).toEqual([]);
  // All answers come about: one that never does would not be tried.
  for (const answer of ['pass', 'fail', 'unknown', 'refused'])
    expect(answers.get(`files ${answer}`)).toBeGreaterThan(20);
});
