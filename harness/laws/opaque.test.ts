/** Runs of generators whose layout nobody knows, from the simulator to the record: what has no field is not judged. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab } from '../../tools/lab.ts';
import type { Lab } from '../../tools/lab.ts';
import type { Layout } from '../core/layout.ts';
import { OPAQUE_128, OPAQUE_64 } from '../core/layout.ts';
import { parseRun } from '../core/run-schema.ts';
import type { Run } from '../core/run.ts';
import { unjudgedOf } from '../core/scope.ts';
import html from '../../reports/html.ts';

const here = import.meta.dirname;
const brief = JSON.parse(readFileSync(join(here, 'fixtures/brief.json'), 'utf8')) as object;
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-opaque-'));
let lab: Lab;
beforeAll(async () => {
  lab = await createLab(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** A generator of one node that counts in steps of `step` from `from`, an ID of `layout` each. */
async function run(layout: Layout, from: bigint, step: bigint, promises: readonly object[]): Promise<Run> {
  const [scenario, generator] = [`scenario-${++files}.json`, `generator-${files}.ts`].map((name) => join(folder, name));
  const calm = {
    pool: undefined,
    cluster: { nodes: 1, coordinatorMembers: 1 },
    timetable: { order: 'given', slots: [] },
  };
  writeFileSync(scenario!, JSON.stringify({ ...brief, ...calm }));
  writeFileSync(
    generator!,
    `let next = ${from}n;
     export default { name: 'generator-${files}', summary: '', promises: ${JSON.stringify(promises)},
       layout: ${JSON.stringify(layout)}, node: { kind: 'shell', create: () => ({
         mint(into, count) {
           for (let i = 0; i < count; i++, next += ${step}n) ${
             layout.idBits === 128 ? 'into.set([BigInt.asUintN(64, next), next >> 64n], 2 * i);' : 'into[i] = next;'
           }
           return count;
         },
         holding: () => ({}),
         close: async () => {},
       }) } };`,
  );
  return (await lab.run({ scenario: scenario!, driver: 'sim', generator: generator!, seed: '7' })).run;
}

const promises = [{ guarantee: 'unique' }, { guarantee: 'increasing-per-node' }, { guarantee: 'fails-closed' }];

test.each([
  ['64 bits, the highest of them set', OPAQUE_64, 2n ** 63n],
  ['128 bits, the highest of them set', OPAQUE_128, 2n ** 127n],
] as const)('%s: what can be judged is, and what cannot says why', async (_what, layout, from) => {
  const found = await run(layout, from, 1n, promises);
  expect(found.reasons).toEqual([expect.stringMatching(/^All 3 promises were kept/)]);
  expect(found.verdict).toBe('pass');
  expect(found.unjudged).toEqual(unjudgedOf({ layout }));
  expect(found.findings.map(({ guarantee }) => guarantee)).not.toContain('well-formed');
  expect(found.findings.filter(({ violations }) => violations > 0)).toEqual([]);
  expect(parseRun(JSON.stringify(found))).toEqual(found);
  expect(html.render(found).content).toContain('– not judged</span><small>the layout of the IDs is unknown');
});

test('what is minted again is told without a field, and its cause is not guessed', async () => {
  const found = await run(OPAQUE_64, 2n ** 63n + 5n, 0n, [{ guarantee: 'unique' }]);
  expect(found.verdict).toBe('fail');
  const [witness] = found.findings[0]!.witnesses;
  expect(witness?.cause).toBe('not explained');
  expect(witness?.explanation).toContain(`minted ${2n ** 63n + 5n} at `);
  expect(witness?.explanation).not.toMatch(/sequence|worker \d|time \d/);
});

test('a promise about fields is bad input before anything starts', async () => {
  await expect(run(OPAQUE_64, 0n, 1n, [{ guarantee: 'well-formed' }])).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('well-formed, which cannot be judged: the layout of the IDs is unknown') as string,
  });
});
