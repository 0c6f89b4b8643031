import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { combinationProblems, scenarioProblems } from '../engine/preflight.ts';
import { askHow } from '../init/answers.ts';
import { onTerminal } from '../init/interview.ts';
import { snowglobe } from '../laws/cli-process.ts';
import { loadGenerator, loadParts, loadScenario } from '../registry.ts';
import { makeReady } from './init.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-init-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without a terminal, as in CI. */
const init = (...args: readonly string[]) => snowglobe(['init', ...args], {}, folder).ended;

/** An image is not tried: nothing is started. */
const IMAGE = ['--generator', 'image:acme/ids:2', '--port', '8080'];

test('the files that it writes are a generator and a scenario that fit each other', { timeout: 30_000 }, async () => {
  const flags = [
    '--ask',
    '/ids?n={count}',
    '--env',
    'W={worker}',
    '--layout',
    'twitter',
    '--nodes',
    '5',
    '--rate',
    '40',
  ];
  const { code, stdout } = await init(...IMAGE, ...flags, '--out', 'mine');
  expect(stdout).toContain('npx snowglobe run ./mine/scenario.json');
  expect(code).toBe(0);
  const [file, scenarioFile] = ['generator.json', 'scenario.json'].map((name) => join(folder, 'mine', name));
  const { generator } = await loadGenerator(file!);
  expect(generator).toMatchObject({
    name: 'ids',
    promises: ['unique', 'fails-closed', 'faithful-encoding', 'well-formed'].map((guarantee) => ({ guarantee })),
    node: { image: 'acme/ids:2', environment: { W: '{worker}' }, ask: { path: '/ids?n={count}', port: 8080 } },
  });
  const scenario = await loadScenario(scenarioFile!);
  expect(scenario).toMatchObject({
    name: 'ids-first-look',
    generator: './generator.json',
    cluster: { nodes: 5, coordinatorMembers: 0 },
    load: { idsPerSecond: 40, batch: { max: 20 } },
  });
  expect([...scenarioProblems(scenario, await loadParts()), ...combinationProblems(scenario, generator)]).toEqual([]);
});

test('the files name their schemas, and the generator keeps the name of its layout', { timeout: 30_000 }, async () => {
  await init(...IMAGE, '--layout', 'bwmarrin', '--out', 'named');
  const [generator, scenario] = ['generator.json', 'scenario.json'].map(
    (name) => JSON.parse(readFileSync(join(folder, 'named', name), 'utf8')) as { $schema: string; layout?: string },
  );
  expect(generator).toMatchObject({ layout: 'bwmarrin' });
  expect(generator!.$schema).toMatch(/^\.\.\/.*docs\/generator\.schema\.json$/);
  expect(scenario!.$schema).toMatch(/^\.\.\/.*docs\/scenario\.schema\.json$/);
});

test('the generator beside a scenario is found from anywhere', { timeout: 30_000 }, async () => {
  await init(...IMAGE, '--out', 'beside');
  const args = ['run', join(folder, 'beside/scenario.json'), '--driver', 'sim'];
  const { code, stderr } = await snowglobe(args, {}, tmpdir()).ended;
  // It was found, and the simulator says why it is not for it.
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('cannot run ids') as unknown });
});

test('with --json what it wrote is one document', { timeout: 30_000 }, async () => {
  const { stdout } = await init(...IMAGE, '--out', 'told', '--json');
  expect(JSON.parse(stdout)).toEqual({
    files: ['told/generator.json', 'told/scenario.json'],
    command: 'npx snowglobe run ./told/scenario.json',
    generator: 'ids',
    trial: [expect.stringMatching(/^It was not tried: an image is started by a run\. Give --layout to say/)],
  });
});

test('what is there is left alone, but for --force', { timeout: 30_000 }, async () => {
  await init(...IMAGE, '--out', 'kept');
  const file = join(folder, 'kept/scenario.json');
  writeFileSync(file, 'mine');
  const { code, stderr } = await init(...IMAGE, '--out', 'kept');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is there already.') as unknown });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect((await init(...IMAGE, '--out', 'kept', '--force')).code).toBe(0);
  expect(readFileSync(file, 'utf8')).not.toBe('mine');
});

test.each<[string, readonly string[], readonly string[]]>([
  ['nothing to start, and nobody to ask', [], ['Nothing says what starts your generator', '--generator']],
  ['a name in place of a way in', ['--generator', 'snowflake'], ['snowflake is a generator that snowglobe brings']],
  ['a word that is no flag', ['./my-service'], ['What starts your generator goes behind --generator.']],
  ['a program that is not there', ['--generator', 'command:./mispelt {port}'], ['mispelt', 'there is no program']],
  ['a package that is not there', ['--generator', 'npm:no-such-ids'], ['no-such-ids', 'npm install no-such-ids']],
  ['no number of nodes', [...IMAGE, '--nodes', 'few'], ['--nodes: "few" is no number of nodes.']],
  ['no rate', [...IMAGE, '--rate', '0'], ['--rate: "0" is no number of IDs a second.']],
  ['a flag with a slip', [...IMAGE, '--layout', 'twiter'], ['--layout: ', 'did you mean twitter?']],
])('%s: refused, and nothing is written', { timeout: 30_000 }, async (name, args, says) => {
  const out = name.replaceAll(/[^a-z]/g, '-');
  const { code, stderr } = await init(...args, '--out', out);
  expect({ code, stderr }).toMatchObject({ code: 2 });
  for (const text of says) expect(stderr).toContain(text);
  expect(existsSync(join(folder, out))).toBe(false);
});

test('a misspelt program is asked for again before anything else is asked', async () => {
  const said = ['nod ids.mjs {port}', `'${process.execPath}' ids.mjs {port}`, '/id', 'auto'];
  const asked: string[] = [];
  const told: string[] = [];
  const output = new PassThrough().on('data', (chunk) => {
    if (!String(chunk).endsWith(': ')) return void told.push(String(chunk));
    asked.push(String(chunk).slice(0, 2));
    input.write(`${said[asked.length - 1]}\n`);
  });
  const input = new PassThrough();
  const interview = onTerminal(input as unknown as NodeJS.ReadStream, output as unknown as NodeJS.WriteStream);
  const { generator } = await askHow(interview, {}, { make: makeReady, makeReady });
  interview.close();
  expect(generator).toEqual([`command:${said[1]}`]);
  expect(asked).toEqual(['1.', '1.', '2.', '3.']);
  expect(told.join('')).toContain('nod cannot be run: PATH has no such program.');
});
