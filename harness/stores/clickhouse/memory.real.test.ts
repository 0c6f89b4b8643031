import { expect, test } from 'vitest';
import { EngineLost } from '../../core/store.ts';
import { openEmbedded } from './embedded.ts';
import { DATABASE } from './schema.ts';
import { rangeOf, temporaryFolder } from './store-fixture.ts';

const RUN = 'ab12cd34';
const IDS = 3_000_000;
const range = rangeOf({
  runId: RUN,
  batches: Array.from({ length: 100 }, (_, batch) =>
    Array.from({ length: IDS / 100 }, (__, i) => BigInt((batch * IDS) / 100 + i)),
  ),
});
const whole = [{ ids: BigInt(IDS), inBatches: BigInt(IDS), positions: BigInt(IDS) }];

test('an engine with too little memory takes a range in parts, each ID once, whoever sends it again', async () => {
  // How little is too little differs by machine and version: less where it took it whole, more where it took nothing.
  let [least, most] = [40e6, 240e6];
  for (let tries = 0; tries < 10; tries++) {
    using folder = temporaryFolder();
    const options = { folder: folder.path, runId: RUN };
    const memoryBytes = Math.round((least + most) / 2);
    const took = await takesIn({ ...options, memoryBytes });
    if (took === 'nothing') least = memoryBytes;
    if (took === 'the whole') most = memoryBytes;
    if (took !== 'parts') continue;
    // With room for the whole of it.
    await using again = await openEmbedded(options);
    await again.append(range);
    expect(await again.counts()).toMatchObject(whole);
    return;
  }
  throw new Error('no engine took the range in parts');
});

async function takesIn(options: Parameters<typeof openEmbedded>[0]): Promise<'nothing' | 'parts' | 'the whole'> {
  try {
    await using store = await openEmbedded(options);
    await store.append(range);
    expect(await store.counts()).toMatchObject(whole);
    const [split] = await store.sql.rows<{ n: string }>(`SELECT count() AS n FROM ${DATABASE}.split_ranges`);
    return split?.n === '0' ? 'the whole' : 'parts';
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    return 'nothing';
  }
}

test('an engine with no memory to speak of takes nothing, and is lost with its reason', async () => {
  using folder = temporaryFolder();
  await using store = await openEmbedded({ folder: folder.path, runId: RUN, memoryBytes: 45e6 });
  const few = rangeOf({
    runId: RUN,
    batches: [range, range].map(() => Array.from({ length: 400_000 }, (_, i) => BigInt(i))),
  });
  await expect(store.append(few)).rejects.toMatchObject({
    name: 'EngineLost',
    message: expect.stringMatching(/took no more evidence: .*memory limit exceeded/) as unknown,
  });
});

test('a query that takes too much memory is asked again with little, and its answer is the same', async () => {
  using folder = temporaryFolder();
  await using store = await openEmbedded({ folder: folder.path, runId: RUN, memoryBytes: 200e6 });
  const [row] = await store.sql.rows<{ n: string; sum: string }>(
    'SELECT count() AS n, sum(x) AS sum FROM (SELECT number AS x FROM numbers_mt(6000000) GROUP BY x)',
  );
  expect(row).toEqual({ n: '6000000', sum: String((6_000_000n * 5_999_999n) / 2n) });
  await expect(
    store.sql.rows('SELECT length(groupArray(toString(number))) AS n FROM numbers_mt(6000000)'),
  ).rejects.toMatchObject({
    name: 'EngineLost',
    message: expect.stringContaining('too little memory for a check') as unknown,
  });
});
