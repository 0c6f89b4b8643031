/**
 * The ten most dangerous mutants, each through the scenario that shows it best, on every driver: each must give a
 * guarantee and a cause that it states, in the simulator and out of it.
 */
import { loadGenerator } from '../../harness/registry.ts';
import type { Lab } from '../lab.ts';
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

/** `these`: which of them, the first being 1. */
export async function* catchDangerous(
  lab: Lab,
  drivers: readonly string[],
  these: readonly number[],
): AsyncIterable<Trial> {
  const all = Object.entries(DANGEROUS);
  for (const [name, scenario] of these.flatMap((index) => all.slice(index - 1, index))) {
    const { generator } = await loadGenerator(name);
    for (const driver of drivers) {
      const trial = await mutantFails(lab, driver, { name: scenario }, generator);
      yield { ...trial, generator: `${name} through ${scenario} on ${driver}` };
    }
  }
}
