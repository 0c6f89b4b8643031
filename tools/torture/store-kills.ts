/**
 * The harness, its engine or both are killed with SIGKILL at a random moment while 20 million IDs of recorded taps are
 * read into the store and judged. Judged again, the store holds each ID once, and the verdict is what it was undisturbed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../harness/core/random.ts';
import { gravest } from '../../harness/core/verdict.ts';
import { recordRun } from '../../harness/laws/recorded-run.ts';
import type { AfterKill, Killed } from '../../harness/laws/store-kill.ts';
import { copyOfRun, judgeUndisturbed, KILLED, killAndJudge } from '../../harness/laws/store-kill.ts';
import type { Trial } from './trial.ts';

/** 20 million IDs. */
const TAPS = { nodes: 4, batchesPerNode: 5000, idsPerBatch: 1000 } as const;

export async function* killStores(seeds: readonly number[]): AsyncIterable<Trial> {
  const root = mkdtempSync(join(tmpdir(), 'snowglobe-store-kills-'));
  try {
    const recorded = await recordRun({ folder: join(root, 'recorded'), runId: 'ab12cd34', ...TAPS });
    const undisturbed = await judgeUndisturbed(copyOfRun(recorded, join(root, 'undisturbed')));
    for (const seed of seeds) {
      const rng = createRng(String(seed));
      const whom = rng.pick(KILLED);
      const afterMs = rng.real(0, undisturbed.lastedMs);
      const folder = copyOfRun(recorded, join(root, `seed-${seed}`));
      const after = await killAndJudge(recorded, folder, whom, afterMs, undisturbed);
      rmSync(folder, { recursive: true, force: true });
      yield { seed: String(seed), ...judgeStoreKill(whom, afterMs, undisturbed.lastedMs, after) };
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Pure: a kill that came too late shows nothing. */
export function judgeStoreKill(
  whom: Killed,
  afterMs: number,
  lastsMs: number,
  { tooLate, wrong }: AfterKill,
): Omit<Trial, 'seed'> {
  const doubts = tooLate ? ['it had ended before it could be killed'] : [];
  return {
    generator: whom === 'both' ? 'harness and engine' : whom,
    verdict: gravest([wrong.length === 0 ? 'pass' : 'fail', tooLate ? 'unknown' : 'pass']),
    broken: wrong,
    doubts,
    remark: `killed after ${(afterMs / 1000).toFixed(2)} of ${(lastsMs / 1000).toFixed(2)} s`,
  };
}
