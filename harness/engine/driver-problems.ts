/** What a driver cannot do, show or start on this machine. Pure; asked before anything starts. */
import { coordinatorKindOf } from '../core/coordinator-kind.ts';
import type { Driver, Readiness } from '../core/driver.ts';
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { Fault } from '../core/fault.ts';
import type { Generator } from '../core/generator.ts';
import type { Scenario } from '../core/scenario.ts';
import { abilityProblems } from './preflight.ts';

/** A driver, and what it can do on this machine. */
export interface ReadyDriver {
  readonly driver: Driver;
  readonly readiness: Readiness;
}

/** All that keeps the driver from running the scenario with the generator here: exit 3. */
export function machineProblems(
  scenario: Scenario,
  generator: Generator,
  faults: ReadonlyMap<string, Fault>,
  { driver, readiness }: ReadyDriver,
): readonly Problem[] {
  return [
    ...abilityProblems(scenario, faults, driver.name, readiness.abilities),
    ...driverProblems(generator, driver),
    ...nodeProblems(generator, driver),
    ...missingCoordinator(scenario, readiness),
  ];
}

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

/** Nodes of a kind that the driver cannot run: exit 3. */
export function nodeProblems(
  { name, node }: Pick<Generator, 'name' | 'node'>,
  driver: Pick<Driver, 'name' | 'refuses'>,
): readonly Problem[] {
  const why = driver.refuses(node);
  return why === undefined
    ? []
    : [
        problem(
          `The driver ${driver.name} cannot run ${name}. ${why}`,
          'Take another with --driver; `snowglobe list --drivers` tells what each is for.',
        ),
      ];
}

/** A coordinator whose programs are not here would be missed in the middle of the launch: exit 3. */
export function missingCoordinator(
  { name, cluster }: Pick<Scenario, 'name' | 'cluster'>,
  { lacksCoordinators }: Pick<Readiness, 'lacksCoordinators'>,
): readonly Problem[] {
  const kind = coordinatorKindOf(cluster);
  const lacking = kind === 'none' ? undefined : lacksCoordinators?.get(kind);
  return lacking === undefined ? [] : [{ ...lacking, where: name }];
}
