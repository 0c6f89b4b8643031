import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadExport, loadFunction } from './load-function.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-module-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const esm = file(
  'ids.mjs',
  `let n = 0;
   export default () => ++n;
   export const big = () => 7n;
   export const tools = { make: { start: 40, id() { return this.start + 2; } } };
   export class Generator { next() { return 1n; } }
   export const answer = 42;
   export const lane = async ({ node, index, worker, lane, options }) => () => [node, index, worker, lane, options.a].join();
   export const notOne = () => 42n;
   export const broken = () => { throw new Error('no such data center'); };`,
);
const cjs = file(
  'ids.cjs',
  `const exported = { hidden: () => 5n, deep: { id: () => 6n } }; module.exports = exported;`,
);
const whole = file('whole.cjs', `module.exports = () => 8n;`);
const context = { node: 'n2', index: 1, worker: 7, lane: 3, options: { a: 'b' } };

test.each([
  ['the default', esm, undefined, 1],
  ['by name', esm, 'big', 7n],
  ['by a dotted name, as a method of what it lies in', esm, 'tools.make.id', 42],
  ['of CommonJS, where Node reads no names off its text', cjs, 'hidden', 5n],
  ['of CommonJS, deep inside', cjs, 'deep.id', 6n],
  ['of CommonJS that is a function', whole, undefined, 8n],
])('an export is found: %s', async (_, module, name, id) => {
  expect((await loadExport(module, name))()).toBe(id);
});

test('a module of Node is one, too', async () => {
  expect((await loadExport('node:crypto', 'randomUUID'))()).toMatch(/^[0-9a-f-]{36}$/);
});

test('a factory is told of its lane, and what it returns is called', async () => {
  const next = await loadFunction({ module: esm, export: 'lane', call: 'factory', context });
  expect(next()).toBe('n2,1,7,3,b');
});

test.each([
  ['an export that is not there', { module: esm, export: 'nxt' }, 'has no export nxt', /it exports .*big/],
  [
    'one that is not there deep inside',
    { module: esm, export: 'tools.none.id' },
    'has no export tools.none.id',
    /tools/,
  ],
  [
    'one that is no function',
    { module: esm, export: 'answer' },
    'exports the number 42 as answer, and no function',
    /./,
  ],
  [
    'a class',
    { module: esm, export: 'Generator' },
    'exports a class as Generator, and no function that returns an ID',
    /call: "factory"/,
  ],
  [
    'a factory that returns an ID',
    { module: esm, export: 'notOne', call: 'factory' },
    'has a factory that returned the bigint 42, and no function',
    /leave/,
  ],
  [
    'a factory that throws',
    { module: esm, export: 'broken', call: 'factory' },
    'has a factory that threw: no such data center',
    /options/,
  ],
  [
    'a module that throws',
    { module: file('throws.mjs', 'throw new Error("no licence.\\nsee there")') },
    'cannot be loaded: no licence',
    /Mend/,
  ],
  ['a module that is none', { module: file('torn.mjs', 'export default (') }, /^cannot be loaded: /, /Mend/],
  ['a module without exports', { module: file('empty.mjs', '') }, 'has no export default', /Export a function/],
] as const)('%s: what, and what to do', async (_, asked, what, remedy) => {
  const loaded = loadFunction({ call: 'function', context, ...asked });
  await expect(loaded).rejects.toThrow(expect.objectContaining({ name: 'ModuleUnfit' }));
  const unfit = (await loaded.catch((error: unknown) => error)) as Error & { readonly remedy: string };
  if (typeof what === 'string') expect(unfit.message).toBe(what);
  else expect(unfit.message).toMatch(what);
  expect(unfit.remedy).toMatch(remedy);
});
