/** What the runs of two sides are worth beside one another: how many trials they are, and what else differs between them. */
import { sloScope } from '../../harness/core/doubts-of.ts';
import type { Run } from '../../harness/core/run.ts';
import { REPETITIONS_MIN } from './shift.ts';

export interface Trials {
  /** Runs of each side that repeat no other. */
  readonly base: readonly Run[];
  readonly run: readonly Run[];
  /** Whether neither side stands for one time of day. */
  readonly interleaved: boolean;
  /** What differs between the sides beside what is compared, as a clause; undefined: nothing that is known of. */
  readonly confounded?: string;
}

export function trialsOf(base: readonly Run[], run: readonly Run[]): Trials {
  const confounded = differentMachines([...base, ...run]) ?? differentSeeds(base, run);
  return {
    base: distinct(base),
    run: distinct(run),
    interleaved: [...base, ...run].every(isSimulated) || inTurns(base, run),
    ...(confounded !== undefined && { confounded }),
  };
}

/** Virtual time and a drawn schedule: the same seed gives the same run, on any machine and at any time. */
const isSimulated = ({ driver }: Run): boolean => driver === 'sim';

/** Of a run that was copied, and of simulated ones with one seed, the first: the others are that run once more. */
function distinct(runs: readonly Run[]): readonly Run[] {
  return [
    ...new Map(
      runs.toReversed().map((run) => [isSimulated(run) ? `seed ${run.seed}` : `run ${run.measured.runId}`, run]),
    ).values(),
  ].toReversed();
}

function differentMachines(runs: readonly Run[]): string | undefined {
  const machines = new Set(
    runs
      .filter((run) => !isSimulated(run))
      .map(({ measured: { host } }) => `${host['cores'] ?? '?'} cores and ${host['memory'] ?? '? memory'}`),
  );
  return machines.size < 2 ? undefined : `the machine is not the same (${[...machines].join('; ')})`;
}

/** One seed a run on either side, each drawn anew, is part of the noise. Else a difference may be that of the draws. */
function differentSeeds(base: readonly Run[], run: readonly Run[]): string | undefined {
  const [before, now] = [base, run].map((runs) => runs.map(({ seed }) => seed)) as [string[], string[]];
  const shareOf = (seeds: readonly string[], seed: string): number =>
    seeds.filter((one) => one === seed).length / seeds.length;
  const isSame = [...before, ...now].every((seed) => shareOf(before, seed) === shareOf(now, seed));
  const isDrawn = [before, now].every(
    (seeds) => seeds.length >= REPETITIONS_MIN && new Set(seeds).size === seeds.length,
  );
  return isSame || isDrawn
    ? undefined
    : 'the seeds are not the same, and a seed draws the order of the slots, the targets and the load';
}

/** Of as many pairs as these shares, or more, the run of one side began before that of the other. */
const BALANCE_MIN = 1 / 4;

/**
 * Whether the sides took turns, by the time of their starts: as often as it takes for neither to stand for one time of
 * day. Strictly in turns, five and five change sides nine times; one side after the other, once. Nor may one side come
 * before the other on the whole.
 */
function inTurns(base: readonly Run[], run: readonly Run[]): boolean {
  const started = [...base.map((of) => ({ of, side: 'base' })), ...run.map((of) => ({ of, side: 'run' }))]
    .map(({ of, side }) => ({ side, at: Date.parse(of.measured.startedAt) }))
    .sort((a, b) => a.at - b.at);
  if (!started.every(({ at }) => Number.isFinite(at))) return false;
  const changes = started.filter(({ side }, i) => i > 0 && side !== started[i - 1]?.side).length;
  const times = (side: string): readonly number[] => started.flatMap((one) => (one.side === side ? [one.at] : []));
  const earlier = times('base').reduce((sum, at) => sum + times('run').filter((other) => at < other).length, 0);
  const share = earlier / (base.length * run.length);
  return (
    changes >= Math.min(base.length, run.length) - 1 && changes > 1 && share >= BALANCE_MIN && share <= 1 - BALANCE_MIN
  );
}

/**
 * Why nothing of a run is proved that did not go wrong: a disturbance that did not bite, a load that was not offered. What
 * is unknown of one guarantee or SLO alone its own verdict says. Undefined: there is no such doubt.
 */
export function doubtAbout({ unknowns, findings, slos = [] }: Run): string | undefined {
  const own = new Set<string>([
    ...findings.map(({ guarantee }) => guarantee),
    ...slos.map(({ name }) => sloScope(name)),
  ]);
  return unknowns.find(({ reason, scope }) => reason !== 'too few samples' || !own.has(scope))?.reason;
}
