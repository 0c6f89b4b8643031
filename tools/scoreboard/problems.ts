/**
 * What a scoreboard must show, and does not. Pure: the whole of the judgement over generators and scenarios.
 */
import type { Generator, Mutant } from '../../harness/core/generator.ts';
import type { Cell } from './cell.ts';
import { causesOf, strayGuarantees } from './cell.ts';

/** Of the failed runs of a mutant in its own scenarios, so many must name the right cause. */
const RIGHT_CAUSE = 0.95;
/**
 * Of the seeds of one of its own scenarios, so many must catch a mutant, or let an honest generator pass. A sample is too
 * small for shares: one has to.
 */
const CAUGHT = 0.5;
const SAMPLE_MAX = 5;

/** What falls short of generators, one sentence each: a mutant is not caught, an honest one breaks a promise. */
export function generatorProblems(generators: readonly Generator[], cells: readonly Cell[]): readonly string[] {
  const by = Map.groupBy(cells, ({ generator }) => generator);
  return generators.flatMap(({ name, mutant }) => {
    const mine = by.get(name) ?? [];
    return mutant === undefined ? honestProblems(mine) : mutantProblems(name, mutant, mine);
  });
}

function honestProblems(cells: readonly Cell[]): readonly string[] {
  return cells
    .filter(({ fail }) => fail > 0)
    .map(
      ({ generator, scenario, fail, runs, broken, firstFailed }) =>
        `${generator} is honest and failed ${fail} of ${runs} runs of ${scenario} (${Object.keys(broken).join(', ')}; first seed ${firstFailed})`,
    );
}

function mutantProblems(
  name: string,
  mutant: NonNullable<Generator['mutant']>,
  cells: readonly Cell[],
): readonly string[] {
  if (mutant.real === true) return [];
  const own = cells.filter(({ scenario, calm }) => !calm && mutant.shownBy.includes(scenario));
  const problems: string[] = [];
  if (!own.some(({ caught, runs }) => isOften(caught, runs)))
    problems.push(
      `${name} is not caught often enough in any of its scenarios (${own.map(({ scenario, caught, runs }) => `${scenario} ${caught} of ${runs}`).join(', ') || 'it has none'})`,
    );
  const failed = sum(own, 'fail');
  const caught = sum(own, 'caught');
  if (failed > 0 && caught < failed * RIGHT_CAUSE)
    problems.push(`${name} failed ${failed} runs, and only ${caught} of them for "${causesOf(mutant).join('" or "')}"`);
  for (const cell of cells) {
    const stray = strayGuarantees(cell, mutant.breaks);
    if (stray.length > 0)
      problems.push(`${name} broke ${stray.join(', ')} in ${cell.scenario}, which it does not say that it breaks`);
    if (cell.calm && cell.fail > 0 && needsDisturbance(mutant, cell.scenario))
      problems.push(`${name} failed ${cell.fail} of ${cell.runs} runs of ${cell.scenario} without any disturbance`);
  }
  return problems;
}

const isOften = (count: number, runs: number): boolean => count >= (runs > SAMPLE_MAX ? runs * CAUGHT : 1);

/** Whether its bug shows in this scenario only when something goes wrong. */
export function needsDisturbance({ needsNoDisturbance }: Mutant, scenario: string): boolean {
  return needsNoDisturbance !== true && needsNoDisturbance?.includes(scenario) !== true;
}

/**
 * What falls short of scenarios: each must let an honest generator pass and make a mutant fail, which passes without the
 * disturbances, unless no bug that it shows needs them.
 */
export function scenarioProblems(generators: readonly Generator[], cells: readonly Cell[]): readonly string[] {
  const isHonest = new Map(generators.map(({ name, mutant }) => [name, mutant === undefined]));
  // What only real threads or processes show, torture shows.
  const isForReal = (scenario: string): boolean =>
    generators.some(({ mutant }) => mutant?.real === true && mutant.shownBy.includes(scenario));
  const hasThirdProof = (scenario: string): boolean => {
    const mine = cells.filter((cell) => cell.scenario === scenario);
    const needing = generators.filter(
      ({ mutant }) =>
        mutant?.real !== true && mutant?.shownBy.includes(scenario) === true && needsDisturbance(mutant, scenario),
    );
    const any = (name: string, holds: (cell: Cell) => boolean): boolean =>
      mine.some((cell) => cell.generator === name && holds(cell));
    return (
      needing.length === 0 ||
      needing.some(
        ({ name }) =>
          any(name, ({ calm, fail }) => !calm && fail > 0) && any(name, ({ calm, pass }) => calm && pass > 0),
      )
    );
  };
  const scenarios = Map.groupBy(
    cells.filter(({ calm }) => !calm),
    ({ scenario }) => scenario,
  );
  return [...scenarios].flatMap(([scenario, mine]) => {
    const honest = mine.filter(({ generator }) => isHonest.get(generator));
    const mutants = mine.filter(({ generator }) => !isHonest.get(generator));
    return [
      ...(honest.some(({ pass, runs }) => isOften(pass, runs))
        ? []
        : [`no honest generator passes ${scenario} in half of its seeds`]),
      ...(mutants.some(({ fail }) => fail > 0) || isForReal(scenario) ? [] : [`no mutant fails ${scenario}`]),
      ...(hasThirdProof(scenario) ? [] : [`no mutant that fails ${scenario} passes it without the disturbances`]),
    ];
  });
}

function sum(cells: readonly Cell[], field: 'fail' | 'caught'): number {
  return cells.reduce((total, cell) => total + cell[field], 0);
}
