/**
 * Nodes that mint by themselves at a high rate are killed with SIGKILL, one after another and all at the end: what was
 * minted must be stored, to the last ID. That a busy machine kept clients waiting proves nothing about that; whatever else
 * is in doubt leaves the trial in doubt.
 */
import type { Run } from '../../harness/core/run.ts';
import type { UnknownReasonName } from '../../harness/core/verdict.ts';
import { gravest } from '../../harness/core/verdict.ts';
import type { Lab, LabRun } from '../lab.ts';
import type { Trial } from './trial.ts';

/** Of all nodes together, before each kill. A node that is paced is as often a little above its rate as below. */
const FULL_LOAD_PER_SECOND = 1e6;
const PACED_WITHIN = 0.01;

/** Doubts that say of a run only that the machine was busy: clients waited, and not an ID more or less was minted. */
const ONLY_BUSY: ReadonlySet<string> = new Set<UnknownReasonName>([
  'harness stalled',
  'load not achieved',
  'node silent',
]);

export async function* killUnderLoad(lab: Lab, driver: string, seeds: readonly number[]): AsyncIterable<Trial> {
  for (const seed of seeds)
    yield judgeKills(
      await lab.run({ scenario: 'kill-under-load', driver, generator: 'snowflake', seed: String(seed) }),
    );
}

/** Pure: what one run shows of it. */
export function judgeKills({ generator, seed, run, broken, doubts }: LabRun): Trial {
  const { minted, stored, tornBytes, lanes } = run.evidence;
  const isWhole = minted === stored && lanes.every((lane) => lane.minted === lane.stored);
  const lost = isWhole ? [] : [`${minted} minted and ${stored} stored`];
  const rates = ratesAtKills(run);
  const planned = run.scenario.timetable.slots.flatMap(({ disturbances }) => disturbances).length;
  const bit = run.disturbances.filter((kill) => kill.bit).length;
  const idle = run.nodes.filter((node) => !lanes.some((lane) => lane.node === node && lane.minted !== '0'));
  const inDoubt = [
    ...doubts.filter((doubt) => !ONLY_BUSY.has(doubt)),
    ...(planned > 0 && bit >= planned ? [] : [`${bit} of ${planned} kills bit`]),
    ...(lanes.length === 0 ? ['nothing was minted'] : idle.map((node) => `${node} minted nothing`)),
    ...(rates.some((rate) => rate === 0) ? ['nothing was minted before a kill'] : []),
  ];
  const busy = doubts.filter((doubt) => ONLY_BUSY.has(doubt));
  const all = [...lost, ...broken];
  return {
    generator,
    seed,
    verdict: gravest([all.length > 0 ? 'fail' : 'pass', inDoubt.length > 0 ? 'unknown' : 'pass']),
    broken: all,
    doubts: inDoubt,
    remark: [
      `${minted} minted, ${stored} stored in ${lanes.length} lives, ${tornBytes} torn bytes`,
      `IDs/s before the kills: ${rates.map(Math.round).join(', ') || 'none'}`,
      ...(busy.length > 0 ? [`a busy machine: ${busy.join(', ')}`] : []),
    ].join('; '),
    idsPerSecond: rates,
    counted: {
      'of them at 1 million IDs/s before each kill': isFullLoad(rates) ? 1 : 0,
      ...(busy.length > 0 && { 'on a machine so busy that clients or harness waited': 1 }),
    },
  };
}

const isFullLoad = (rates: readonly number[]): boolean =>
  rates.length > 0 && rates.every((rate) => rate >= FULL_LOAD_PER_SECOND * (1 - PACED_WITHIN));

/** IDs a second, of all nodes together, in the whole second before each kill; none of a kill in the first bucket. */
function ratesAtKills({ disturbances, series: { bucketMs, idsByNode } }: Run): readonly number[] {
  return disturbances.flatMap(({ injected }) => {
    const end = Math.floor((injected ?? 0) / 1e6 / bucketMs);
    if (end === 0) return [];
    const from = Math.max(0, end - Math.round(1000 / bucketMs));
    const ids = idsByNode.flatMap(({ values }) => values.slice(from, end)).reduce((sum, count) => sum + count, 0);
    return [(1000 * ids) / ((end - from) * bucketMs)];
  });
}
