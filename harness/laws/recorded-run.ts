/**
 * What a harness that was killed leaves of a run that never was: taps of any size, made in seconds, with a journal and a
 * record beside them. For tests and torture of what is done with them afterwards, where a live cluster would be slow.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEntry } from '../core/journal.ts';
import type { ScenarioInput } from '../core/scenario.ts';
import { BATCH_BYTES, encodeBatch, ID_BYTES, segmentName } from '../core/tap.ts';
import { journalText } from '../engine/journal.ts';
import { begunRun, JOURNAL_FILE, OWNER_FILE, RUN_FILE, TAPS_FOLDER } from '../engine/record.ts';
import { thisOwner } from '../engine/owner.ts';
import { createStopwatch } from '../engine/stopwatch.ts';
import { describeGenerator, loadGenerator, loadScenario } from '../registry.ts';

export interface RecordedRun {
  readonly folder: string;
  readonly runId: string;
  readonly ids: number;
  /** IDs that were minted twice. */
  readonly duplicates: number;
}

export interface RecordedRunOptions {
  /** The run's folder, made here. */
  readonly folder: string;
  readonly runId: string;
  readonly nodes: number;
  readonly batchesPerNode: number;
  /** 4,096 at the most: one batch a millisecond. */
  readonly idsPerBatch?: number;
}

const SCENARIO: ScenarioInput = {
  name: 'recorded',
  question: 'What is read out of taps that somebody else left?',
  generator: 'snowflake-static',
  cluster: { nodes: 4, coordinatorMembers: 0 },
  load: { idsPerSecond: 1_000_000, batch: { min: 1000, max: 1000, mean: 1000 } },
  warmUpMs: 1000,
  timetable: { order: 'given', slots: [] },
  recoverMs: 1000,
};

const NS_PER_MS = 1_000_000n;
const MONOTONIC_AT_ORIGIN = 10_000_000_000_000n;
const UNIX_MS_AT_ORIGIN = 1_767_225_600_000;

/** Each node but the first mints one ID again that the first had minted, a good while later. */
export async function recordRun({
  folder,
  runId,
  nodes: count,
  batchesPerNode,
  idsPerBatch = 1000,
}: RecordedRunOptions): Promise<RecordedRun> {
  const taps = join(folder, TAPS_FOLDER);
  mkdirSync(taps, { recursive: true });
  const nodes = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const scenarioFile = join(folder, 'recorded.json');
  writeFileSync(scenarioFile, JSON.stringify({ ...SCENARIO, cluster: { ...SCENARIO.cluster, nodes: count } }));
  const scenario = await loadScenario(scenarioFile);
  const generator = describeGenerator(await loadGenerator('snowflake-static'));
  const { epochMs, workerBits, sequenceBits } = generator.layout;
  const idOf = (node: number, batch: number, sequence: number): bigint =>
    (BigInt(UNIX_MS_AT_ORIGIN + 1000 + batch - epochMs) << BigInt(workerBits + sequenceBits)) |
    (BigInt(node) << BigInt(sequenceBits)) |
    BigInt(sequence);
  nodes.forEach((name, node) => {
    const lane = join(taps, segmentName({ node: name, incarnation: 1, lane: 0 }, 0n));
    const [ids, batches] = ['ids', 'batches'].map((kind) => openSync(`${lane}.${kind}`, 'wx')) as [number, number];
    const bytes = Buffer.alloc(idsPerBatch * ID_BYTES);
    const record = Buffer.alloc(BATCH_BYTES);
    for (let batch = 0; batch < batchesPerNode; batch++) {
      const first = idOf(node, batch, 0);
      for (let i = 0; i < idsPerBatch; i++) bytes.writeBigUInt64LE(first + BigInt(i), i * ID_BYTES);
      const isLast = batch === batchesPerNode - 1;
      if (node > 0 && isLast) bytes.writeBigUInt64LE(idOf(0, node, node), (idsPerBatch - 1) * ID_BYTES);
      const atMs = BigInt(1000 + batch);
      const called = MONOTONIC_AT_ORIGIN + atMs * NS_PER_MS;
      const wall = (BigInt(UNIX_MS_AT_ORIGIN) + atMs) * NS_PER_MS;
      encodeBatch(
        {
          firstSeq: BigInt(batch) * BigInt(idsPerBatch),
          count: idsPerBatch,
          flags: 0,
          calledNs: called,
          returnedNs: called + 900_000n,
          wallCalledNs: wall,
          wallReturnedNs: wall,
          workerId: node,
          lease: 0n,
          createRevision: 0n,
          fenceNs: 0n,
          limitMs: 0n,
        },
        record,
      );
      writeSync(ids, bytes);
      writeSync(batches, record);
    }
    closeSync(ids);
    closeSync(batches);
  });
  writeFileSync(join(folder, JOURNAL_FILE), journalText(journalOf(nodes, batchesPerNode)));
  const header = { scenario, generator, driver: 'local', seed: '1', command: 'npx snowglobe run recorded' };
  const run = begunRun(header, createStopwatch(runId).measured({}));
  writeFileSync(join(folder, RUN_FILE), JSON.stringify(run));
  // Of another boot: certainly dead.
  const owner = { ...thisOwner(), bootId: 'an earlier boot' };
  writeFileSync(join(folder, OWNER_FILE), JSON.stringify(owner));
  return { folder, runId, ids: count * batchesPerNode * idsPerBatch, duplicates: count - 1 };
}

function journalOf(nodes: readonly string[], batches: number): readonly JournalEntry[] {
  const ms = (at: number): number => at * 1e6;
  return [
    {
      at: 0,
      kind: 'origin',
      origin: { monotonicNs: String(MONOTONIC_AT_ORIGIN), unixMs: UNIX_MS_AT_ORIGIN, errorNs: 1000 },
      nodes,
      versions: {},
    },
    { at: 0, kind: 'phase', phase: 'launch' },
    { at: ms(1000), kind: 'phase', phase: 'warm-up' },
    { at: ms(1000 + batches), kind: 'phase', phase: 'drain' },
  ];
}
