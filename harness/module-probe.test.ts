import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { GeneratorSource } from './core/driver.ts';
import type { SnowglobeError } from './core/errors.ts';
import type { ModuleNode } from './core/node-program.ts';
import { withFoundModule } from './module-probe.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-probe-')));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A package that says which file is whose, and of which only `import` is served. */
file('node_modules/some-ids/package.json', '{"name":"some-ids","exports":{"import":"./esm.mjs"}}');
const installed = file('node_modules/some-ids/esm.mjs', 'export const next = () => 1n;');
file('ids.mjs', 'setInterval(() => {}, 1000); console.log("noise"); export default () => 1n;');

const source = (node: Partial<ModuleNode>): GeneratorSource => ({
  file: join(folder, 'mine.json'),
  generator: {
    name: 'mine',
    summary: '',
    promises: [],
    layout: { timeBits: 0, workerBits: 0, sequenceBits: 0, tickMs: 1, epochMs: 0 },
    node: { kind: 'module', module: './ids.mjs', ...node },
  },
});
const found = async (node: Partial<ModuleNode>): Promise<unknown> =>
  ((await withFoundModule(source(node), folder)).generator.node as ModuleNode).module;

test('a module is found by its path, as a package of the folder, or in Node itself', async () => {
  expect(await found({})).toBe(join(folder, 'ids.mjs'));
  expect(await found({ module: join(folder, 'ids.mjs') })).toBe(join(folder, 'ids.mjs'));
  expect(await found({ module: 'some-ids', export: 'next' })).toBe(installed);
  expect(await found({ module: 'crypto', export: 'randomUUID' })).toBe('node:crypto');
});

test('of CommonJS that a compiler made of a module, the default is its own', async () => {
  const compiled = `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = () => 9n;`;
  const module = file('compiled.cjs', compiled);
  expect(await found({ module })).toBe(module);
});

test('one that flags made is told of by what they were', async () => {
  const { generator } = source({ module: 'no-such-ids' });
  const asked = withFoundModule({ generator, file: '', from: 'npm:no-such-ids' }, folder);
  await expect(asked).rejects.toThrow(/^--generator npm:no-such-ids: The module no-such-ids cannot be found/);
});

test('a generator of another kind is left as it is', async () => {
  const { generator } = source({});
  const shell = { ...source({}), generator: { ...generator, node: { kind: 'native', command: ['x'] } as const } };
  expect(await withFoundModule(shell, folder)).toBe(shell);
});

test.each([
  [
    'a package that is not installed',
    { module: 'no-such-ids' },
    /^The module no-such-ids cannot be found from .*no-such-ids/,
    /npm install no-such-ids/,
  ],
  [
    'a path that leads nowhere',
    { module: './none.mjs' },
    /^The module \.\/none\.mjs is not there\.$/,
    /Correct the path/,
  ],
  ['an export that is not there', { export: 'next' }, /ids\.mjs has no export next\.$/, /it exports default/],
  [
    'one that throws as it is loaded',
    { module: file('throws.mjs', 'null.x') },
    /throws\.mjs cannot be loaded: Cannot read properties of null.*\.$/,
    /Mend/,
  ],
  [
    'one that waits for ever',
    { module: file('waits.mjs', 'await new Promise(() => {});') },
    /is never loaded: its top level waits/,
    /Mend/,
  ],
  [
    'one that ends its process',
    { module: file('ends.mjs', 'process.exit(3)') },
    /ended the process that loaded it \(exit 3\)\.$/,
    /Mend/,
  ],
  [
    'one that fails beside its loading',
    {
      module: file(
        'late.mjs',
        'setTimeout(() => { throw new TypeError("late"); }); await new Promise((r) => setTimeout(r, 1000)); export default () => 1n;',
      ),
    },
    /ended the process that loaded it \(exit 1, TypeError: late\)\.$/,
    /Mend/,
  ],
])('%s: one error, exit 2', async (_, node, what, remedy) => {
  const error = (await withFoundModule(source(node), folder).catch((thrown: unknown) => thrown)) as SnowglobeError;
  expect(error.exitCode).toBe(2);
  expect(error.problems).toHaveLength(1);
  expect(error.problems[0]).toMatchObject({ where: join(folder, 'mine.json') });
  expect(error.problems[0]!.what).toMatch(what);
  expect(error.problems[0]!.remedy).toMatch(remedy);
});
