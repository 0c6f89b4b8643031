/**
 * What docs/TEST-YOUR-OWN-GENERATOR.md promises, with a service in Node: described by flags, tried, run, judged.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test.concurrent('nodes that nobody tells apart mint an ID twice', { timeout: 60_000 }, async ({ expect }) => {
  const { code, stdout, stderr } = await run('--generator', command(' same'), ...ASK);
  expect(code, stderr).toBe(10);
  const unique = parseRun(stdout).findings.find(({ guarantee }) => guarantee === 'unique');
  expect(unique).toMatchObject({ verdict: 'fail', promised: true });
  expect(new Set(unique?.witnesses[0]?.sightings.map(({ node }) => node)).size).toBe(2);
});

test.concurrent(
  'init tries it, recognises its layout, and writes a generator that runs',
  { timeout: 60_000 },
  async ({ expect }) => {
    const tried = await snowglobe(['init', '--generator', command(), ...ASK], {}, folder).ended;
    expect(tried).toMatchObject({ code: 0, stderr: '' });
    expect(tried.stdout).toMatch(/It gave 3 IDs, one in [\d.]+ ms: \d{15,}/);
    expect(tried.stdout).toContain(`The layout ${LAYOUT} fits: the time inside is now.`);
    const file = join(folder, 'snowglobe/generator.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ layout: LAYOUT, node: { folder: '..' } });
    const { stdout, stderr } = await run('--generator', file);
    expect(stdout, stderr).not.toBe('');
    passedUnlessBusy('a generator that init wrote', parseRun(stdout));
  },
);

const MODULE = `
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const now = () => Array.from({ length: 10 }, (_, at) => LETTERS[Math.floor(Date.now() / 32 ** (9 - at)) % 32]).join('');
let calls = 0;
export const ulid = () => now() + String(++calls).padStart(16, '0');
export const uuid = () => crypto.randomUUID();
export const number = () => 2 ** 60 + 2 ** 12 * ++calls;
`;
writeFileSync(join(folder, 'ids.mjs'), MODULE);

test.each<[string, string, readonly string[], RegExp, object]>([
  ['a service', command(' uuid'), ASK, /-4[0-9a-f]{3}-/, { layout: 'opaque:128', node: { ask: { form: 'uuid' } } }],
  ['a module', 'module:./ids.mjs#uuid', [], /-4[0-9a-f]{3}-/, { layout: 'opaque:128', node: { form: 'uuid' } }],
  ['a module of ULIDs', 'module:./ids.mjs#ulid', [], /the form ulid/, { layout: 'ulid', node: { form: 'ulid' } }],
  [
    'a module whose layout is said',
    'module:./ids.mjs#uuid',
    ['--layout', 'uuidv4'],
    /the form uuid/,
    { layout: 'uuidv4', node: { form: 'uuid' } },
  ],
])('init finds out how the IDs of %s are written', { timeout: 60_000 }, async (name, generator, flags, says, file) => {
  const out = name.replaceAll(' ', '-');
  const { code, stdout } = await snowglobe(['init', '--generator', generator, ...flags, '--out', out], {}, folder)
    .ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(says) as unknown });
  expect(JSON.parse(readFileSync(join(folder, out, 'generator.json'), 'utf8'))).toMatchObject(file);
});

test('a service of texts is started once, and its IDs are shown as they are', { timeout: 60_000 }, async () => {
  const log = join(folder, 'starts.log');
  const tried = snowglobe(['init', '--generator', command(` text '${log}'`), ...ASK, '--out', 'texts'], {}, folder);
  const { code, stdout } = await tried.ended;
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/ ms: id_\w+, id_\w+, id_\w+\n/) as unknown,
  });
  expect(stdout).toContain('Of each text a digest is kept');
  expect(readFileSync(log, 'utf8')).toBe('started\n');
});

test.each([
  ['a service', command(' number'), ASK],
  ['a module', 'module:./ids.mjs#number', []],
])('init warns of numbers of %s that JavaScript does not hold', { timeout: 60_000 }, async (name, generator, flags) => {
  const out = ['--out', `numbers-of-${name.replaceAll(' ', '-')}`];
  const { code, stdout } = await snowglobe(['init', '--generator', generator, ...flags, ...out], {}, folder).ended;
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('! It gives numbers above 2^53') as unknown,
  });
});

test.each<[string, string, readonly string[], readonly string[]]>([
  [
    'a place that its answers do not have',
    command(),
    ['--ids', 'json:/nothing'],
    ['! It gave no ID: ', 'has nothing at /nothing', 'bound to fail: it gave no ID'],
  ],
  [
    'a service that ends at once',
    `command:'${process.execPath}' -e 0 {port}`,
    [],
    ['! It gave no ID: ', 'ended before it served', 'bound to fail: it gave no ID'],
  ],
  [
    'a layout that is another one',
    command(),
    [...ASK, '--layout', 'discord'],
    ['! The layout discord does not fit', 'Mend `layout` in layout'],
  ],
  [
    'a layout that is too short',
    command(' uuid'),
    [...ASK, '--layout', 'twitter'],
    ['that is of the form uuid and 128 bits', 'bound to fail'],
  ],
])(
  'init writes the files, tells of %s, and proves nothing',
  { timeout: 60_000 },
  async (name, generator, flags, says) => {
    const out = name.replaceAll(/^a |\W/g, '-').replace(/^-/, '');
    const { code, stdout } = await snowglobe(['init', '--generator', generator, ...flags, '--out', out], {}, folder)
      .ended;
    expect({ code, stdout }).toMatchObject({ code: 12 });
    for (const text of says) expect(stdout).toContain(text);
    expect(existsSync(join(folder, out, 'scenario.json'))).toBe(true);
  },
);
