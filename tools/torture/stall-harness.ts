/**
 * The harness is stopped for 3 s in the middle of a fault. It must say so, and may accuse nobody: what it did not see is
 * not what did not happen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRng } from '../../harness/core/random.ts';
import { eventually, readRun } from '../../harness/laws/cli-process.ts';
import { LASTS_MS, startHarness } from './harness-process.ts';
import type { Trial } from './trial.ts';

const STALL_MS = 3000;
/** From the first measurement of a fault to the stall at the most. */
const LATER_MAX_MS = 8000;
/** Reasons that lay a silence at the nodes' door. */
const ACCUSES: ReadonlySet<string> = new Set(['node silent', 'cluster never complete']);

export async function* stallHarness(driver: string, seeds: readonly number[]): AsyncIterable<Trial> {
  for (const seed of seeds) yield await trial(driver, seed);
}

async function trial(driver: string, seed: number): Promise<Trial> {
  const rng = createRng(String(seed));
  await using harness = await startHarness(driver, String(seed));
  await eventually('a fault in force', LASTS_MS, () =>
    harness.journal().find((entry) => entry.kind === 'disturbance' && entry.what === 'sample'),
  );
  await sleep(rng.real(0, LATER_MAX_MS));
  process.kill(harness.pid, 'SIGSTOP');
  await sleep(STALL_MS);
  process.kill(harness.pid, 'SIGCONT');
  await harness.ended();
  const { verdict, findings, unknowns, state } = readRun(harness.folder);
  const stalls = harness.journal().flatMap((entry) => (entry.kind === 'stall' ? [entry.forMs] : []));
  const accused = [
    ...findings.flatMap(({ promised, verdict: one, guarantee }) => (promised && one === 'fail' ? [guarantee] : [])),
    ...unknowns.flatMap(({ reason, detail }) => (ACCUSES.has(reason) ? [detail] : [])),
  ];
  const toldOf = Math.max(0, ...stalls) >= STALL_MS * 0.9;
  const named = unknowns.some(({ reason }) => reason === 'harness stalled') || verdict === 'pass';
  const broken = [
    ...accused,
    ...(state === 'judged' ? [] : ['the run was not judged']),
    ...(toldOf && named ? [] : ['the stall was not told of']),
  ];
  return {
    generator: 'snowflake',
    seed: String(seed),
    verdict: broken.length === 0 ? 'pass' : 'fail',
    broken,
    doubts: [],
    remark: `${verdict} (${[...new Set(unknowns.map(({ reason }) => reason))].join(', ')}), longest stall ${Math.max(0, ...stalls)} ms`,
  };
}
