import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import driver from './driver.ts';
import { SNOWFLAKE, eventually, minted, minting, partsOf, runForTest } from './run-for-test.ts';

test('two clusters live side by side, and sweeping one leaves the other', async () => {
  await using one = await runForTest();
  await using two = await runForTest();
  const [ours, theirs] = [one.cluster.nodes[0]!, two.cluster.nodes[0]!];
  await Promise.all([ours, theirs].map((node) => eventually(() => node.health(500), minting)));

  await ours.network.cut('a', ['etcd1']);
  expect(await theirs.network.reaches('etcd1', 500)).toBe(true);

  const removed = await driver.sweep(one.runId);
  expect(removed).toEqual(
    expect.arrayContaining([`container snowglobe-${one.runId}-n1`, `network snowglobe-${one.runId}-data`]),
  );
  expect(await partsOf(one.runId)).toEqual([]);
  expect(await driver.sweep(one.runId)).toEqual([]);
  expect(await minted(theirs, 1)).toMatchObject({ status: 'ok' });
}, 30_000);

test('a generator from any folder finds its own node_modules', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'snowglobe-test-'));
  try {
    await mkdir(join(folder, 'node_modules/its-dependency'), { recursive: true });
    await writeFile(join(folder, 'node_modules/its-dependency/index.mjs'), "export const name = 'mine';");
    await writeFile(join(folder, 'node_modules/its-dependency/package.json'), '{"exports":"./index.mjs"}');
    await mkdir(join(folder, 'src'));
    const file = join(folder, 'src/mine.ts');
    await writeFile(
      file,
      `import { name } from 'its-dependency';
       import snowflake from ${JSON.stringify(SNOWFLAKE.file)};
       const mine: typeof snowflake = { ...snowflake, name };
       export default mine;`,
    );
    await using run = await runForTest({}, { generator: { ...SNOWFLAKE.generator, name: 'mine' }, file });
    expect(await minted(run.cluster.nodes[0]!, 5)).toMatchObject({ status: 'ok', count: 5 });
  } finally {
    await rm(folder, { recursive: true });
  }
}, 30_000);

test('a generator without a minter is bad input, in one sentence, and nothing is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'snowglobe-test-'));
  try {
    const file = join(folder, 'mine.ts');
    await writeFile(file, "export default { name: 'mine', node: { kind: 'shell', create: () => ({ mnt() {} }) } };");
    const before = await driver.leftovers();
    await expect(runForTest({}, { ...SNOWFLAKE, file })).rejects.toMatchObject({
      exitCode: 2,
      problems: [{ what: 'the minter that create returned has no method mint, holding, close.' }],
    });
    expect(await driver.leftovers()).toEqual(before);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 30_000);

test('a generator that does not start ends the launch with the words of its log, and nothing is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'snowglobe-test-'));
  try {
    const file = join(folder, 'mine.ts');
    await writeFile(file, "throw new Error('I do not want to');");
    const before = await driver.leftovers();
    await expect(runForTest({}, { ...SNOWFLAKE, file })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('I do not want to') as string,
    });
    expect(await driver.leftovers()).toEqual(before);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 30_000);
