/**
 * The harness is killed with SIGKILL at a random moment of a run. Within 30 s nothing of the run may be on the machine:
 * no container, network, process, namespace or rule.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRng } from '../../harness/core/random.ts';
import { gravest } from '../../harness/core/verdict.ts';
import { leftoversOf } from '../../harness/laws/leftovers.ts';
import { LOAD_MS, startHarness } from './harness-process.ts';
import type { Trial } from './trial.ts';
import type { Gone } from './until-gone.ts';
import { untilGone } from './until-gone.ts';

const PATIENCE = { withinMs: 30_000, staysMs: 3000, lookEveryMs: 250 };
/** From a run's folder to the end of its load, launch included. */
const LIFE_MS = LOAD_MS + 5000;

export async function* killHarness(driver: string, seeds: readonly number[]): AsyncIterable<Trial> {
  for (const seed of seeds) yield await trial(driver, seed);
}

async function trial(driver: string, seed: number): Promise<Trial> {
  const rng = createRng(String(seed));
  await using harness = await startHarness(driver, String(seed));
  await sleep(rng.real(0, LIFE_MS));
  const phase = harness.journal().findLast((entry) => entry.kind === 'phase')?.phase ?? 'launch';
  const found = leftoversOf(harness.runId).length;
  // Alone, and with all that it started in its process group: the second leaves only what guards it to clean up.
  const alone = rng.chance(0.5);
  const ended = !harness.lives();
  if (!ended) process.kill(alone ? harness.pid : -harness.launcher.pid!, 'SIGKILL');
  const gone = await untilGone(() => leftoversOf(harness.runId), PATIENCE);
  return { generator: 'snowflake', seed: String(seed), ...judgeKill({ alone, phase, ended, found, ...gone }) };
}

interface Kill extends Gone {
  readonly alone: boolean;
  readonly phase: string;
  /** Whether the run was over by then: nothing was killed. */
  readonly ended: boolean;
  /** Parts of the run on this machine just before. */
  readonly found: number;
}

/** Pure: that nothing is left shows something only where something was there. */
export function judgeKill({ alone, phase, ended, found, left, afterMs }: Kill): Omit<Trial, 'generator' | 'seed'> {
  const doubts = [
    ...(ended ? ['the run had ended before it could be killed'] : []),
    ...(!ended && found === 0 ? ['nothing of the run was there when it was killed'] : []),
  ];
  const whom = ended ? 'not killed' : `killed ${alone ? 'alone' : 'with its group'}`;
  const what = left.length === 0 ? 'none' : String(left.length);
  return {
    verdict: gravest([left.length === 0 ? 'pass' : 'fail', doubts.length === 0 ? 'pass' : 'unknown']),
    broken: left,
    doubts,
    remark: `${whom} in ${phase}: of ${found} parts ${what} left after ${(afterMs / 1000).toFixed(1)} s`,
  };
}
