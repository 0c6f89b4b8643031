/** What a run of a mutant shows of it. Pure. */
import type { Cause } from '../../harness/core/cause.ts';
import { alike } from '../../harness/core/cause.ts';
import type { Mutant } from '../../harness/core/generator.ts';
import type { LabRun } from '../lab.ts';
import { causesOf, isCaught, strayGuarantees } from '../scoreboard/cell.ts';
import type { Trial } from './trial.ts';

export type Broke = Pick<LabRun, 'verdict' | 'broken' | 'causes'>;

/** Why a run does not show the mutant: empty where it failed for what the mutant states, and for nothing else. */
export function shortOfCaught(run: Broke, mutant: Mutant): readonly string[] {
  if (run.verdict !== 'fail') return ['not caught'];
  const stray = strayGuarantees(run.broken, mutant.breaks).map(
    (name) => `${name}, which it does not say that it breaks`,
  );
  return isCaught(run, mutant) ? stray : ['caught for another guarantee or cause than it states', ...stray];
}

/** What a run of a mutant counts as: a pass where it shows the mutant. */
export function trialOf(run: LabRun, mutant: Mutant, generator: string): Trial {
  const broken = shortOfCaught(run, mutant);
  return {
    generator,
    seed: run.seed,
    verdict: broken.length === 0 ? 'pass' : 'fail',
    broken,
    doubts: [],
    remark: seenIn(run),
  };
}

/** `unique: sequence reset within a tick`. */
export function seenIn({ verdict, causes, broken }: Broke): string {
  const told = broken.map((name) => `${name}: ${(causes[name] ?? []).join(' and ') || 'no cause'}`);
  return told.join(', ') || verdict;
}

/**
 * What all of these runs show alike: a guarantee that the mutant breaks, for a cause that it states or one of its group.
 * Where they agree in more than one, all of them.
 */
export function agreed(runs: readonly Broke[], mutant: Mutant): readonly string[] {
  const stated = causesOf(mutant);
  const [first, ...others] = runs;
  return mutant.breaks.flatMap((guarantee) => {
    const causesIn = ({ causes }: Broke): readonly Cause[] => causes[guarantee] ?? [];
    const inAll = (first === undefined ? [] : causesIn(first)).filter(
      (cause) =>
        stated.some((one) => alike(one, cause)) &&
        others.every((run) => causesIn(run).some((other) => alike(other, cause))),
    );
    return inAll.length === 0 ? [] : [`${guarantee}: ${inAll.join(' and ')}`];
  });
}
