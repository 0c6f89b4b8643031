/**
 * What docs/TEST-YOUR-OWN-GENERATOR.md promises, with a service in Node: described by flags, tried, run, judged.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseRun } from '../core/run-schema.ts';
import { passedUnlessBusy } from '../laws/busy-run.ts';
import { snowglobe } from '../laws/cli-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-first-verdict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const service = join(import.meta.dirname, 'service.fixture.mjs');
const command = (more = ''): string => `command:'${process.execPath}' '${service}' {port} {worker}${more}`;
const ASK = ['--ask', '/any', '--ids', 'json:/data/id'];
const LAYOUT = 'time:41@1ms+2021-06-01T00:00:00.000Z,worker:5,worker:5,sequence:12';

/** A short one: a crash. */
const SCENARIO = join(folder, 'short.json');
writeFileSync(
  SCENARIO,
  JSON.stringify({
    name: 'short',
    question: 'Do IDs stay unique through a crash?',
    generator: 'snowflake-static',
    cluster: { nodes: 2, coordinatorMembers: 0 },
    load: { idsPerSecond: 100, batch: { min: 1, max: 1, mean: 1 }, timeoutMs: 2000 },
    warmUpMs: 1000,
    timetable: {
      order: 'given',
      slots: [
        {
          name: 'crash',
          lengthMs: 2500,
          disturbances: [{ fault: 'kill', options: { node: '@holder' }, atMs: 0, forMs: 700 }],
        },
      ],
    },
    recoverMs: 1000,
  }),
);

const run = (...args: readonly string[]) =>
  snowglobe(['run', SCENARIO, '--driver', 'local', '--json', ...args], {}, folder).ended;

test('a service is described by flags alone, and judged', { timeout: 60_000 }, async () => {
  const flags = ['--generator', command(), ...ASK, '--layout', LAYOUT, '--promises', 'unique,well-formed'];
  const { stdout, stderr } = await run(...flags);
  expect(stdout, stderr).not.toBe('');
  const record = parseRun(stdout);
  passedUnlessBusy('a service by flags', record);
  expect(record.generator).toMatchObject({ name: 'service-fixture', from: command(), node: { kind: 'service' } });
  expect(Number(record.evidence.stored)).toBeGreaterThan(100);
  // What repeats it carries the flags.
  expect(record.command).toContain(`--ask /any --ids json:/data/id --layout ${LAYOUT}`);
});

test('nodes that nobody tells apart mint an ID twice', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await run('--generator', command(' same'), ...ASK);
  expect(code, stderr).toBe(10);
  const unique = parseRun(stdout).findings.find(({ guarantee }) => guarantee === 'unique');
  expect(unique).toMatchObject({ verdict: 'fail', promised: true });
  expect(new Set(unique?.witnesses[0]?.sightings.map(({ node }) => node)).size).toBe(2);
});

test('init tries it, recognises its layout, and writes a generator that runs', { timeout: 60_000 }, async () => {
  const tried = await snowglobe(['init', '--generator', command(), ...ASK], {}, folder).ended;
  expect(tried).toMatchObject({ code: 0, stderr: '' });
  expect(tried.stdout).toMatch(/It gave 3 IDs, one in [\d.]+ ms: \d{15,}/);
  expect(tried.stdout).toContain(`The layout ${LAYOUT} fits: the time inside is now.`);
  const file = join(folder, 'snowglobe/generator.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ layout: LAYOUT, node: { folder: '..' } });
  const { stdout, stderr } = await run('--generator', file);
  expect(stdout, stderr).not.toBe('');
  passedUnlessBusy('a generator that init wrote', parseRun(stdout));
});

test.each([
  ['a service', command(' uuid'), ASK],
  ['a module', 'module:./ids.mjs#next', []],
])('init finds out how the IDs of %s are written', { timeout: 60_000 }, async (name, generator, flags) => {
  const module = `import { randomUUID } from 'node:crypto';\nexport const next = () => randomUUID();\n`;
  writeFileSync(join(folder, 'ids.mjs'), module);
  const out = name.replaceAll(' ', '-');
  const { code, stdout } = await snowglobe(['init', '--generator', generator, ...flags, '--out', out], {}, folder)
    .ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/-4[0-9a-f]{3}-/) as unknown });
  const text = readFileSync(join(folder, out, 'generator.json'), 'utf8');
  expect(text).toContain('"form": "uuid"');
  expect(text).toContain('"layout": "opaque:128"');
});

test.each([
  ['a place that its answers do not have', command(), ['--ids', 'json:/nothing'], 'has nothing at /nothing'],
  ['a service that ends at once', `command:'${process.execPath}' -e 0 {port}`, [], 'ended before it served'],
])('init tells of %s', { timeout: 60_000 }, async (name, generator, flags, says) => {
  const out = ['--out', name.replaceAll(/\W/g, '-')];
  const { code, stdout } = await snowglobe(['init', '--generator', generator, ...flags, ...out], {}, folder).ended;
  expect(code).toBe(0);
  expect(stdout).toContain('! It gave no ID: ');
  expect(stdout).toContain(says);
});
