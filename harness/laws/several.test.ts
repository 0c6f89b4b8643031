/**
 * Several scenarios in one command: one that cannot be carried out takes nothing from what was judged before it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { snowglobe } from './cli-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-several-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const brief = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/brief.json'), 'utf8')) as object;
function scenario(name: string, options: object): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ ...brief, name, cluster: { nodes: 1, coordinatorMembers: 1, options } }));
  return file;
}
const fine = scenario('fine', {});
const repeats = scenario('repeats', { repeats: true });
/** Its runs have nowhere to go: a file lies where their folder would be. */
const homeless = scenario('homeless', {});
const runs = join(folder, 'runs');
mkdirSync(runs);
writeFileSync(join(runs, 'homeless'), '');

const generator = join(folder, 'sometimes.ts');
writeFileSync(
  generator,
  `import counterGenerator, { counter } from ${JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'))};
   export default { ...counterGenerator, name: 'sometimes', node: { kind: 'shell', create: (env) => {
     const honest = counter(env);
     return { ...honest, mint(into, count) {
       const minted = honest.mint(into, count);
       if (env.options.repeats) into[0] = 42n;
       return minted;
     } };
   } } };`,
);

const run = (...scenarios: readonly string[]) =>
  snowglobe([
    'run',
    ...scenarios,
    ...['--driver', 'sim', '--seed', '7', '--generator', generator, '--runs', runs, '--json'],
  ]).ended;

test('what was judged before an error is told, in text and in the document', { timeout: 30_000 }, async () => {
  const { code, stdout, stderr } = await run(fine, homeless, fine);
  expect(JSON.parse(stdout)).toMatchObject({
    runs: [{ verdict: 'pass', scenario: { name: 'fine' } }],
    error: { exitCode: code, problems: [{ what: expect.stringContaining('ENOTDIR') as unknown }] },
  });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/PASS.*fine/);
});

test('a guarantee that was broken before an error is still broken', { timeout: 30_000 }, async () => {
  const { code, stdout } = await run(repeats, homeless);
  expect(code).toBe(10);
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ verdict: 'fail' }], error: {} });
});

test('without an error there is a list of runs', { timeout: 30_000 }, async () => {
  const { code, stdout } = await run(fine, repeats);
  expect(code).toBe(10);
  expect(JSON.parse(stdout)).toMatchObject([{ verdict: 'pass' }, { verdict: 'fail' }]);
});
