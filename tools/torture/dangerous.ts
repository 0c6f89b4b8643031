/**
 * The ten most dangerous mutants, each through the scenario that shows it best, on every driver: each must break
 * what it states and nothing else, and all drivers must agree in a guarantee and its cause.
 */
import { loadGenerator } from '../../harness/registry.ts';
import type { Mutant } from '../../harness/core/generator.ts';
import type { Lab } from '../lab.ts';
import type { Broke } from './caught.ts';
import { agreed, seenIn } from './caught.ts';
import { mutantFails } from './proofs.ts';
import type { Trial } from './trial.ts';

/**
 * Bugs that give duplicates or two owners without a sign of it, in ways that have been seen in production: clocks that
 * go back (in a life, across a restart), leases outlived, bounds left out or got wrong, worker IDs shared without a lease,
 * sequences that start anew, a coordinator taken at its word.
 */
const DANGEROUS = {
  'trusts-clock-backwards': 'storm',
  'forgets-time': 'killed-and-a-little-back',
  'no-fence': 'storm',
  'no-bound': 'storm',
  'raises-limit-when-sent': 'ahead-while-cut',
  'falls-back-to-static': 'started-without-coordinator',
  'derives-worker-id': 'static-ids',
  'resets-sequence': 'storm',
  'wraps-sequence': 'burst',
  'promises-through-rollback': 'etcd-restore-snapshot',
} as const;

/** `these`: which of them, the first being 1. A trial for each driver, and one that compares them. */
export async function* catchDangerous(
  lab: Lab,
  drivers: readonly string[],
  these: readonly number[],
): AsyncIterable<Trial> {
  const all = Object.entries(DANGEROUS);
  for (const [name, scenario] of these.flatMap((index) => all.slice(index - 1, index))) {
    const { generator } = await loadGenerator(name);
    const runs = new Map<string, Broke>();
    for (const driver of drivers) {
      const { trial, run } = await mutantFails(lab, driver, scenario, generator);
      runs.set(driver, run);
      yield { ...trial, generator: `${name} through ${scenario} on ${driver}` };
    }
    yield { ...compare(runs, generator.mutant!), generator: `${name} through ${scenario}, compared` };
  }
}

/** Whether the same guarantee broke for the same cause, or one of its group, on all drivers. */
export function compare(runs: ReadonlyMap<string, Broke>, mutant: Mutant): Omit<Trial, 'generator'> {
  const same = agreed([...runs.values()], mutant);
  const seen = [...runs].map(([driver, run]) => `on ${driver} ${seenIn(run)}`).join('; ');
  return {
    seed: '1',
    verdict: same.length > 0 ? 'pass' : 'fail',
    broken: same.length > 0 ? [] : [`the drivers do not agree: ${seen}`],
    doubts: [],
    remark: same.length > 0 ? `all agree in ${same.join(', ')}` : '',
  };
}
