import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Mishap, TestServer } from '../stores/clickhouse/server-for-tests.ts';
import { makeCertificate, startProxy, startTestServer } from '../stores/clickhouse/server-for-tests.ts';
import { readRun, runFolder, snowglobe } from './cli-process.ts';
import { realDrivers } from './real-drivers.ts';
import type { RecordedRun } from './recorded-run.ts';
import { recordRun } from './recorded-run.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-server-'));
let server: TestServer;
let recorded: RecordedRun;

beforeAll(async () => {
  server = await startTestServer();
  recorded = await recordRun({ folder: join(root, 'recorded'), runId: 'ab12cd34', nodes: 3, batchesPerNode: 40 });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

function copyOf(name: string): string {
  const folder = join(root, name);
  cpSync(recorded.folder, folder, { recursive: true });
  return folder;
}

const broken = (folder: string): readonly (readonly [string, number])[] =>
  readRun(folder).findings.flatMap(({ guarantee, verdict, violations }) =>
    verdict === 'fail' ? [[guarantee, violations] as const] : [],
  );

/** The secret, and what it is on its way: nobody may read it out of a run that is sent around. */
function expectNoSecret(texts: readonly string[], folder: string): void {
  const password = server.environment['SNOWGLOBE_STORE_PASSWORD'] as string;
  const user = server.environment['SNOWGLOBE_STORE_USER'] as string;
  const files = globSync('**', { cwd: folder })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile());
  expect(files.length).toBeGreaterThan(5);
  for (const secret of password === '' ? [] : [password, encodeURIComponent(password), btoa(`${user}:${password}`)]) {
    for (const text of texts) expect(text.includes(secret)).toBe(false);
    for (const file of files) expect({ file, has: readFileSync(file).includes(secret) }).toEqual({ file, has: false });
  }
}

test('judge by a server behind TLS, over a bad line: as by the embedded one, and no secret is written anywhere', async () => {
  const embedded = copyOf('embedded');
  expect((await snowglobe(['judge', embedded]).ended).code).toBe(10);
  const verdict = broken(embedded);
  expect(verdict).toContainEqual(['unique', recorded.duplicates]);

  const folder = copyOf('tls');
  const certificate = makeCertificate(root);
  const mishaps: readonly Mishap[] = ['none', 'answer lost', 'none', 'reset', 'none', '500', 'none'];
  let inserts = 0;
  await using proxy = await startProxy(
    server.url,
    (_, isInsert) => (isInsert ? (mishaps[inserts++ % mishaps.length] as Mishap) : 'none'),
    certificate,
  );
  const environment = { ...server.environment, NODE_EXTRA_CA_CERTS: certificate.file };
  const args = ['judge', folder, '--store', `${proxy.url}/${server.database()}`];
  const { code, stdout, stderr } = await snowglobe(args, environment).ended;
  expect({ code, stderr }).toEqual({ code: 10, stderr: '' });
  expect(broken(folder)).toEqual(verdict);
  const { minted, stored } = readRun(folder).evidence;
  expect([minted, stored]).toEqual([String(recorded.ids), String(recorded.ids)]);
  expect(proxy.requests.filter(({ mishap }) => mishap !== 'none').length).toBeGreaterThan(1);
  expectNoSecret([stdout, stderr], folder);
});

test('a server that goes and stays away: unknown, and judge finishes the run once it is back', async () => {
  const folder = copyOf('away');
  let inserts = 0;
  let isAway = false;
  await using proxy = await startProxy(server.url, (_, isInsert) => {
    if (isInsert && inserts++ >= 1) isAway = true;
    return isAway ? 'reset' : 'none';
  });
  const args = ['judge', folder, '--store', `${proxy.url}/${server.database()}`];
  const lost = await snowglobe(args, { ...server.environment, SNOWGLOBE_STORE_PATIENCE: '0.5' }).ended;
  expect({ code: lost.code, doubts: readRun(folder).unknowns.map(({ reason }) => reason) }).toEqual({
    code: 12,
    doubts: expect.arrayContaining(['engine lost']) as unknown,
  });
  expect(readRun(folder).unknowns.find(({ reason }) => reason === 'engine lost')?.detail).toMatch(
    /is lost: .* The taps are whole: snowglobe judge reads them again\.$/,
  );
  isAway = false;
  inserts = -1000;
  expect((await snowglobe(args, server.environment).ended).code).toBe(10);
  expect(broken(folder)).toContainEqual(['unique', recorded.duplicates]);
  expect(readRun(folder).evidence).toMatchObject({ minted: String(recorded.ids), stored: String(recorded.ids) });
  expectNoSecret([lost.stdout, lost.stderr], folder);
});

test.each(realDrivers('a run into a server').filter((driver) => driver === 'local'))(
  'a run on %s into a server: whole, and no secret in its record, journal, logs or output',
  async (driver) => {
    const runs = join(root, 'runs');
    const brief = join(import.meta.dirname, 'fixtures/brief.json');
    const args = ['run', brief, '--driver', driver, '--runs', runs, '--store', `${server.url}/${server.database()}`];
    const { stdout, stderr } = await snowglobe(args, server.environment).ended;
    expect(stderr).toBe('');
    const folder = await runFolder(runs);
    const { evidence, command } = readRun(folder);
    expect(Number(evidence.minted)).toBeGreaterThan(100);
    expect(evidence.stored).toBe(evidence.minted);
    expect(command).toContain(`--store ${server.url}/`);
    expectNoSecret([stdout], folder);
  },
);

test('a password in the URL is refused, and not repeated', async () => {
  const url = `http://user:verysecret@${new URL(server.url).host}`;
  for (const args of [
    ['judge', recorded.folder, '--store', url],
    ['run', '--driver', 'local', '--store', url, '--runs', join(root, 'runs')],
  ]) {
    const { code, stdout, stderr } = await snowglobe(args).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('SNOWGLOBE_STORE_PASSWORD') as unknown,
    });
    expect(stdout + stderr).not.toContain('verysecret');
  }
});
