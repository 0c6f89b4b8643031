/**
 * What a scoreboard must show, and does not. Pure: the whole of the judgement over generators and scenarios. What was not
 * seen falls short like what was seen to be wrong: a cell that is missing, or unknown in all its seeds, shows nothing.
 */
import type { Generator, Mutant } from '../../harness/core/generator.ts';
import type { Cell, Place } from './cell.ts';
import { causesOf, strayGuarantees } from './cell.ts';
import type { Field } from './field.ts';

/** Of the failed runs of a mutant in its own scenarios, so many must name the right cause. */
const RIGHT_CAUSE = 0.95;
/**
 * Of the seeds of one of its own scenarios, so many must catch a mutant, or let an honest generator pass. A sample is too
 * small for shares: one has to.
 */
const CAUGHT = 0.5;
const SAMPLE_MAX = 5;

/** A place on the board, and how many runs have to be there. */
interface Planned extends Place {
  readonly runs: number;
}

/**
 * All that falls short on a board. Of a part, which has the runs of these `names`: who took part in a scenario that is
 * named, and is not named itself, has others in which it shows itself; and a scenario that is not named has not all of its
 * generators. No names: the whole.
 */
export function boardProblems(
  field: Field,
  names: readonly string[],
  planned: readonly Planned[],
  cells: readonly Cell[],
): readonly string[] {
  const isAsked = ({ name }: { readonly name: string }): boolean => names.length === 0 || names.includes(name);
  return [
    ...missingCells(planned, cells),
    ...cellProblems(field.generators, cells),
    ...generatorProblems({ ...field, generators: field.generators.filter(isAsked) }, cells),
    ...scenarioProblems({ ...field, scenarios: field.scenarios.filter(isAsked) }, cells),
  ];
}

/** Places that were planned and have no cell, or one of fewer runs than were planned. */
export function missingCells(planned: readonly Planned[], cells: readonly Cell[]): readonly string[] {
  const runs = new Map(cells.map((cell) => [placeOf(cell), cell.runs]));
  return planned.flatMap((place) => {
    const had = runs.get(placeOf(place)) ?? 0;
    return had >= place.runs ? [] : [`${placeOf(place)}: ${had} of ${place.runs} runs were carried out`];
  });
}

const placeOf = ({ generator, scenario, calm }: Place): string =>
  `${generator} through ${scenario}${calm ? ' without disturbances' : ''}`;

/** What no cell may show, whatever the others show: a promise broken that is not there to be broken. */
function cellProblems(generators: readonly Generator[], cells: readonly Cell[]): readonly string[] {
  const mutants = new Map(generators.map(({ name, mutant }) => [name, mutant]));
  return cells.flatMap((cell) => {
    const mutant = mutants.get(cell.generator);
    return mutant === undefined ? honestCell(cell) : mutantCell(cell, mutant);
  });
}

function honestCell({ generator, scenario, fail, runs, broken, firstFailed }: Cell): readonly string[] {
  if (fail === 0) return [];
  const what = `${Object.keys(broken).join(', ') || 'an SLO was missed'}; first seed ${firstFailed}`;
  return [`${generator} is honest and failed ${fail} of ${runs} runs of ${scenario} (${what})`];
}

function mutantCell(cell: Cell, mutant: Mutant): readonly string[] {
  const { generator, scenario, calm, fail, runs } = cell;
  const stray = strayGuarantees(Object.keys(cell.broken), mutant.breaks);
  return [
    ...(stray.length > 0
      ? [`${generator} broke ${stray.join(', ')} in ${scenario}, which it does not say that it breaks`]
      : []),
    ...(calm && fail > 0 && needsDisturbance(mutant, scenario)
      ? [`${generator} failed ${fail} of ${runs} runs of ${scenario} without any disturbance`]
      : []),
  ];
}

/**
 * What generators fall short of, one sentence each: a mutant is not caught, an honest one does not pass. `generators` of
 * the field: those that went through all scenarios, or all of a sample, which they fit.
 */
function generatorProblems(field: Field, cells: readonly Cell[]): readonly string[] {
  const by = Map.groupBy(cells, ({ generator }) => generator);
  return field.generators.flatMap((generator) => {
    const mine = by.get(generator.name) ?? [];
    return generator.mutant === undefined
      ? honestProblems(generator, field, mine)
      : mutantProblems(generator, generator.mutant, field, mine);
  });
}

function honestProblems({ name }: Generator, { scenarios }: Field, cells: readonly Cell[]): readonly string[] {
  if (cells.length === 0) return [`${name} is honest and took part in no scenario`];
  if (!cells.some(({ pass }) => pass > 0))
    return [
      `${name} is honest and passes nowhere (${sum(cells, 'unknown')} of its ${sum(cells, 'runs')} runs are unknown)`,
    ];
  return scenarios
    .filter(({ generator }) => generator === name)
    .flatMap(({ name: scenario }) => {
      const cell = cells.find((one) => one.scenario === scenario);
      if (cell !== undefined && isOften(cell.pass, cell.runs)) return [];
      const seen = cell === undefined ? 'it did not take part' : `${cell.pass} of ${cell.runs}${doubtsOf(cell)}`;
      return [`${name} does not pass ${scenario}, which was written for it, often enough (${seen})`];
    });
}

const doubtsOf = ({ doubts }: Cell): string =>
  Object.keys(doubts).length === 0 ? '' : `; ${Object.keys(doubts).join(', ')}`;

function mutantProblems(
  generator: Generator,
  mutant: Mutant,
  { scenarios, fits }: Field,
  cells: readonly Cell[],
): readonly string[] {
  const { name } = generator;
  const nowhere = mutant.shownBy
    .filter((own) => !scenarios.some((scenario) => scenario.name === own && fits(generator, scenario)))
    .map((own) => `${name} is said to be shown by ${own}, in which it cannot take part`);
  if (mutant.real === true) return nowhere;
  const own = cells.filter(({ scenario, calm }) => !calm && mutant.shownBy.includes(scenario));
  const problems = [...nowhere];
  if (!own.some(({ caught, runs }) => isOften(caught, runs)))
    problems.push(
      `${name} is not caught often enough in any of its scenarios (${own.map(({ scenario, caught, runs }) => `${scenario} ${caught} of ${runs}`).join(', ') || 'it has none'})`,
    );
  const failed = sum(own, 'fail');
  const caught = sum(own, 'caught');
  if (failed > 0 && caught < failed * RIGHT_CAUSE)
    problems.push(`${name} failed ${failed} runs, and only ${caught} of them for "${causesOf(mutant).join('" or "')}"`);
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
function scenarioProblems(
  { generators, scenarios }: Pick<Field, 'generators' | 'scenarios'>,
  cells: readonly Cell[],
): readonly string[] {
  const isHonest = new Map(generators.map(({ name, mutant }) => [name, mutant === undefined]));
  const by = Map.groupBy(cells, ({ scenario }) => scenario);
  return scenarios.flatMap(({ name: scenario }) => {
    const mine = by.get(scenario) ?? [];
    const disturbed = mine.filter(({ calm }) => !calm);
    if (disturbed.length === 0) return [`no generator took part in ${scenario}`];
    const honest = disturbed.filter(({ generator }) => isHonest.get(generator) === true);
    const mutants = disturbed.filter(({ generator }) => isHonest.get(generator) === false);
    return [
      ...(honest.some(({ pass, runs }) => isOften(pass, runs))
        ? []
        : [`no honest generator passes ${scenario} in half of its seeds`]),
      ...(mutants.some(({ fail }) => fail > 0) || isForReal(scenario, generators)
        ? []
        : [`no mutant fails ${scenario}`]),
      ...(hasThirdProof(scenario, generators, mine)
        ? []
        : [`no mutant that fails ${scenario} passes it without the disturbances`]),
    ];
  });
}

/** What only real threads or processes show, torture shows. */
function isForReal(scenario: string, generators: readonly Generator[]): boolean {
  const shows = generators.filter(({ mutant }) => mutant?.shownBy.includes(scenario) === true);
  return shows.length > 0 && shows.every(({ mutant }) => mutant?.real === true);
}

function hasThirdProof(scenario: string, generators: readonly Generator[], cells: readonly Cell[]): boolean {
  const needing = generators.filter(
    ({ mutant }) =>
      mutant?.real !== true && mutant?.shownBy.includes(scenario) === true && needsDisturbance(mutant, scenario),
  );
  const any = (name: string, holds: (cell: Cell) => boolean): boolean =>
    cells.some((cell) => cell.generator === name && holds(cell));
  return (
    needing.length === 0 ||
    needing.some(
      ({ name }) => any(name, ({ calm, fail }) => !calm && fail > 0) && any(name, ({ calm, pass }) => calm && pass > 0),
    )
  );
}

function sum(cells: readonly Cell[], field: 'runs' | 'fail' | 'caught' | 'unknown'): number {
  return cells.reduce((total, cell) => total + cell[field], 0);
}
