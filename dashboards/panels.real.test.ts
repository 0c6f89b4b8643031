/**
 * Each SQL panel runs against a store that a run has filled, and returns rows of the shape that it needs. The run is one
 * of the simulator's, judged by the engine; its history and its facts are stored by the code that stores those of others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster } from '../harness/core/cluster.ts';
import type { Driver, InMemoryHistory } from '../harness/core/driver.ts';
import type { History } from '../harness/core/history.ts';
import { idBitsOf } from '../harness/core/layout.ts';
import type { JournalEntry } from '../harness/core/journal.ts';
import type { Run } from '../harness/core/run.ts';
import { NS_PER_MS } from '../harness/core/time.ts';
import { readJournal } from '../harness/engine/journal.ts';
import { JOURNAL_FILE } from '../harness/engine/record.ts';
import { putFacts } from '../harness/engine/run-facts.ts';
import { runRequest } from '../harness/engine/run-request.ts';
import { runScenario } from '../harness/engine/run-scenario.ts';
import { storeHistory } from '../harness/laws/stored-history.ts';
import { startOpenLoop } from '../harness/load/open-loop.ts';
import { loadDriver, loadGenerator, loadParts, loadScenario } from '../harness/registry.ts';
import { openClickHouseStore } from '../harness/stores/clickhouse/clickhouse-store.ts';
import { startEngine } from '../harness/stores/clickhouse/embedded.ts';
import type { EmbeddedEngine } from '../harness/stores/clickhouse/embedded.ts';
import { DATABASE } from '../harness/stores/clickhouse/schema.ts';
import { panelsOf } from './panels-for-tests.ts';

const BRIEF = join(import.meta.dirname, '../harness/laws/fixtures/brief.json');
const MEMORY_BYTES = 1_000_000_000;
const root = mkdtempSync(join(tmpdir(), 'snowglobe-panels-'));
let engine: EmbeddedEngine;
beforeAll(async () => {
  engine = await startEngine(join(root, 'store'), MEMORY_BYTES);
});
afterAll(async () => {
  await engine?.stop();
  rmSync(root, { recursive: true, force: true });
});

interface Judged {
  readonly run: Run;
  readonly journal: readonly JournalEntry[];
  readonly history: History;
}

async function simulate(runId: string, generatorName: string, scenarioName = BRIEF): Promise<Judged> {
  const [parts, sim, generator, scenario] = await Promise.all([
    loadParts(),
    loadDriver('sim'),
    loadGenerator(generatorName),
    loadScenario(scenarioName),
  ]);
  const clusters: Cluster[] = [];
  const driver: Driver = {
    ...sim,
    launch: async (...args) => {
      const cluster = await sim.launch(...args);
      clusters.push(cluster);
      return cluster;
    },
  };
  const folder = join(root, runId);
  const request = runRequest({
    parts,
    scenario,
    generator,
    driver,
    seed: '3',
    command: 'a test',
    openStore: () => Promise.reject(new Error('the simulator has no store')),
    startLoad: startOpenLoop,
    folder: () => folder,
    isKept: false,
    signal: new AbortController().signal,
  });
  const run = await runScenario({ ...request, runId });
  const { entries: journal } = readJournal(join(folder, JOURNAL_FILE));
  return { run, journal, history: (clusters[0] as Cluster & InMemoryHistory).history() };
}

async function stored(runId: string, { run, journal, history }: Judged): Promise<void> {
  const idBits = idBitsOf(run.generator.layout);
  const options = { address: engine.address, database: DATABASE, engine: 'own', version: 'chdb' } as const;
  // Its end would end the engine, which others still ask.
  const store = await openClickHouseStore({ ...options, runId, idBits });
  await storeHistory(store, history);
  expect(await putFacts(store, run, journal)).toBeUndefined();
  await store[Symbol.asyncDispose]();
}

const rangeOf = (journal: readonly JournalEntry[]) => {
  const began = journal.find((entry) => entry.kind === 'origin');
  const fromMs = Math.floor(began?.kind === 'origin' ? began.origin.unixMs : NaN);
  return { fromMs, toMs: fromMs + Math.ceil((journal.at(-1)?.at ?? 0) / NS_PER_MS), intervalMs: 250 };
};

test('each panel has something to show of a run with duplicates, a clock that went back, and a disturbance', async () => {
  const judged = await simulate('broken1', 'trusts-clock-backwards');
  await stored('broken1', judged);
  const shown = await panelsOf(engine.address, 'broken1', rangeOf(judged.journal));
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter(({ problem }) => problem !== '')).toEqual([]);

  const violations = judged.run.findings.find(({ guarantee }) => guarantee === 'unique')?.violations;
  expect(violations).toBeGreaterThan(0);
  const store = await openClickHouseStore({
    ...{ address: engine.address, database: DATABASE, engine: 'own', runId: 'broken1', idBits: 64, version: 'chdb' },
  });
  const [count] = await store.sql.rows<{ surplus: string }>('SELECT count() - uniqExact(id) AS surplus FROM ids');
  expect(Number(count?.surplus)).toBe(violations);
  await store[Symbol.asyncDispose]();
});

test('a run with 128-bit IDs is read from the tables of its own', async () => {
  const judged = await simulate('long2', 'uuidv7');
  await stored('long2', judged);
  const shown = await panelsOf(engine.address, 'long2', rangeOf(judged.journal));
  const problems = shown.filter(({ problem }) => problem !== '');
  // It mints nothing twice: only what tells of duplicates is empty, and nothing has the wrong shape.
  for (const { panel, problem } of problems)
    expect([panel, problem]).toEqual([expect.stringMatching(/^duplicates/), 'no row']);
  expect(shown.find(({ panel }) => panel.startsWith('drift: Time inside'))?.rows).toBeGreaterThan(0);
});
