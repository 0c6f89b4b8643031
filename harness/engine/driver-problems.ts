/** What a driver cannot show of a generator. Pure; asked before anything starts. */
import type { Driver } from '../core/driver.ts';
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';

/** A bug that needs real threads or processes could only pass in virtual time, and nobody would have earned it: exit 3. */
export function driverProblems(
  { name, mutant }: Pick<Generator, 'name' | 'mutant'>,
  driver: Pick<Driver, 'name' | 'inProcess'>,
): readonly Problem[] {
  return mutant?.real === true && driver.inProcess === true
    ? [
        problem(
          `${name} needs real processes, and the driver ${driver.name} has none: it cannot show this bug.`,
          'Take local or docker with --driver.',
        ),
      ]
    : [];
}
