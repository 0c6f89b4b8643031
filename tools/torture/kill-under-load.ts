/**
 * Nodes that mint by themselves at a high rate are killed with SIGKILL, one after another and all at the end: what was
 * minted must be stored, to the last ID. Whatever else a busy machine makes of the run proves nothing about that.
 */
import type { Run } from '../../harness/core/run.ts';
import type { Lab } from '../lab.ts';
import type { Trial } from './trial.ts';

export async function* killUnderLoad(lab: Lab, driver: string, seeds: readonly number[]): AsyncIterable<Trial> {
  for (const seed of seeds) {
    const { run, broken, doubts } = await lab.run({
      scenario: 'kill-under-load',
      driver,
      generator: 'snowflake',
      seed: String(seed),
    });
    const { minted, stored, tornBytes, lanes } = run.evidence;
    const idsPerSecond = ratesAtKills(run);
    const whole = minted === stored && lanes.every((lane) => lane.minted === lane.stored);
    const lost = whole && !doubts.includes('evidence not whole') ? [] : [`${minted} minted and ${stored} stored`];
    yield {
      generator: 'snowflake',
      seed: String(seed),
      verdict: lost.length === 0 && broken.length === 0 ? 'pass' : 'fail',
      broken: [...lost, ...broken],
      doubts: [],
      remark: `${minted} minted, ${stored} stored in ${lanes.length} lives, ${tornBytes} torn bytes`,
      idsPerSecond,
    };
  }
}

/** IDs a second, of all nodes together, in the whole second before each kill. */
function ratesAtKills({ disturbances, series: { bucketMs, idsByNode } }: Run): readonly number[] {
  return disturbances.flatMap(({ injected }) => {
    if (injected === undefined) return [];
    const end = Math.floor(injected / 1e6 / bucketMs);
    const from = Math.max(0, end - Math.round(1000 / bucketMs));
    const ids = idsByNode.flatMap(({ values }) => values.slice(from, end)).reduce((sum, count) => sum + count, 0);
    return [(1000 * ids) / ((end - from) * bucketMs)];
  });
}
