/**
 * The harness is killed with SIGKILL at a random moment of a run. Within 30 s nothing of the run may be on the machine:
 * no container, network, process, namespace or rule.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRng } from '../../harness/core/random.ts';
import { leftoversOf } from '../../harness/laws/leftovers.ts';
import { LOAD_MS, startHarness } from './harness-process.ts';
import type { Trial } from './trial.ts';

const GONE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;
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
  process.kill(alone ? harness.pid : -harness.launcher.pid!, 'SIGKILL');
  const killed = performance.now();
  let left = leftoversOf(harness.runId);
  while (left.length > 0 && performance.now() - killed < GONE_WITHIN_MS) {
    await sleep(LOOK_EVERY_MS);
    left = leftoversOf(harness.runId);
  }
  const seconds = ((performance.now() - killed) / 1000).toFixed(1);
  return {
    generator: 'snowflake',
    seed: String(seed),
    verdict: left.length === 0 ? 'pass' : 'fail',
    broken: left,
    doubts: [],
    remark: `killed ${alone ? 'alone' : 'with its group'} in ${phase}: of ${found} parts none left after ${seconds} s`,
  };
}
