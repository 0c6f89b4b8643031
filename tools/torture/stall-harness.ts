/**
 * The harness is stopped for 3 s in the middle of a fault. It must say so, and may accuse nobody: what it did not see is
 * not what did not happen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry } from '../../harness/core/journal.ts';
import type { Run } from '../../harness/core/run.ts';
import { msToNs } from '../../harness/core/time.ts';
import { gravest } from '../../harness/core/verdict.ts';
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
  return { generator: 'snowflake', seed: String(seed), ...judgeStall(readRun(harness.folder), harness.journal()) };
}

/** Pure: whether the run names the stall as a doubt of its own, and nobody is accused of what fell into it. */
export function judgeStall(
  { verdict, findings, unknowns, state, disturbances }: Run,
  journal: readonly JournalEntry[],
): Omit<Trial, 'generator' | 'seed'> {
  const stalls = journal.flatMap((entry) => (entry.kind === 'stall' ? [entry] : []));
  const longest = stalls.toSorted((a, b) => b.forMs - a.forMs)[0];
  const isSeen = longest !== undefined && longest.forMs >= STALL_MS * 0.9;
  const isNamed = unknowns.some(({ reason }) => reason === 'harness stalled');
  const inFault = disturbances.some(
    ({ injected, healed = Infinity }) =>
      isSeen && injected !== undefined && injected < longest.at && healed > longest.at - msToNs(longest.forMs),
  );
  const broken = [
    ...findings.flatMap(({ promised, verdict: one, guarantee }) => (promised && one === 'fail' ? [guarantee] : [])),
    ...unknowns.flatMap(({ reason, detail }) => (ACCUSES.has(reason) ? [detail] : [])),
    ...(state === 'judged' ? [] : ['the run was not judged']),
    ...(isSeen ? [] : ['the stall is not in the journal']),
    ...(isNamed ? [] : ['the run does not name the stall']),
  ];
  const doubts = isSeen && !inFault ? ['no disturbance was in force when the harness stood still'] : [];
  const reasons = [...new Set(unknowns.map(({ reason }) => reason))].join(', ');
  return {
    verdict: gravest([broken.length === 0 ? 'pass' : 'fail', doubts.length === 0 ? 'pass' : 'unknown']),
    broken,
    doubts,
    remark: `${verdict} (${reasons}), longest stall ${longest?.forMs ?? 0} ms`,
  };
}
