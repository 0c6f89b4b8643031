import { expect, test } from 'vitest';
import type { RunFacts } from '../../core/run-facts.ts';
import { openClickHouseStore } from './clickhouse-store.ts';
import { startEngine } from './embedded.ts';
import { DATABASE } from './schema.ts';
import { temporaryFolder } from './store-fixture.ts';

const layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 1_704_067_200_000 };
const HOSTILE = `it's "hostile"\t<script>\n{run:String} \\ ☃`;

const facts = (what: string): RunFacts => ({
  run: {
    ...{ scenario: 'storm', generator: HOSTILE, driver: 'local', seed: '7', verdict: 'fail', last: -5 },
    ...{ originUnixNs: 1_790_000_000_000_123_456n, nodes: ['n1', HOSTILE], layout },
  },
  disturbances: [
    {
      ...{ key: 'a/0', name: 'a', label: 'a: pause', slot: 's', fault: 'pause', disturbs: ['process'], bit: true },
      ...{ options: { node: HOSTILE }, injected: 2 ** 53 - 1 },
    },
  ],
  offsets: [{ node: 65_535, at: -1, observedMs: -0.125 }],
  witnesses: [
    {
      ...{
        guarantee: 'unique',
        promised: true,
        at: 3,
        worker: -1,
        lives: ['n1', 'n1 (life 2)'],
        outsideAssumptions: false,
      },
      ...{ ids: [String(2n ** 64n - 1n)], what },
    },
  ],
});

test('facts come back whole, are replaced when they are put again, and are apart by run', async () => {
  using folder = temporaryFolder();
  const engine = await startEngine(folder.path, 1_000_000_000);
  const options = { address: engine.address, database: DATABASE, engine: 'own', idBits: 64, version: 'chdb' } as const;
  try {
    await using one = await openClickHouseStore({ ...options, runId: 'one1' });
    await using other = await openClickHouseStore({ ...options, runId: 'other2' });
    await other.putFacts(facts('of another run'));
    await one.putFacts(facts('first'));
    await one.putFacts(facts(HOSTILE));
    const rows = (query: string) => one.sql.rows(query);
    expect(await rows(`SELECT run, what FROM ${DATABASE}.witnesses ORDER BY run`)).toEqual([
      { run: 'one1', what: HOSTILE },
      { run: 'other2', what: 'of another run' },
    ]);
    expect(await rows(`SELECT * EXCEPT run FROM ${DATABASE}.runs WHERE run = 'one1'`)).toEqual([
      {
        ...{ scenario: 'storm', generator: HOSTILE, driver: 'local', seed: '7', verdict: 'fail', last: '-5' },
        ...{ origin_ns: '1790000000000123456', nodes: ['n1', HOSTILE], id_bits: 64, time_bits: 41, time_shift: 22 },
        ...{ tick_ms: 1, epoch_ms: 1_704_067_200_000 },
      },
    ]);
    expect(await rows(`SELECT * EXCEPT run FROM ${DATABASE}.offsets WHERE run = 'one1'`)).toEqual([
      { node: 65_535, at: '-1', requested_ms: null, observed_ms: -0.125 },
    ]);
    const [disturbance] = await rows(`SELECT * FROM ${DATABASE}.disturbances WHERE run = 'one1'`);
    expect(disturbance).toMatchObject({ injected: String(2 ** 53 - 1), healed: null, bit: 1, disturbs: ['process'] });
    expect(JSON.parse(String(disturbance?.['options']))).toEqual({ node: HOSTILE });
    const [witness] = await rows(`SELECT * FROM ${DATABASE}.witnesses WHERE run = 'one1'`);
    expect(witness).toMatchObject({
      worker: -1,
      ids: [String(2n ** 64n - 1n)],
      lives: ['n1', 'n1 (life 2)'],
      cause: '',
    });
  } finally {
    await engine.stop();
  }
});
