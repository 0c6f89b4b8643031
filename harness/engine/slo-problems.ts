/** All that can be found wrong with the SLOs of a scenario before anything starts. Pure; every problem at once. */
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { Fault } from '../core/fault.ts';
import type { Indicator } from '../core/indicator.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import { z } from '../core/schema.ts';
import type { Scenario } from '../core/scenario.ts';
import { shapeProblem } from '../core/shape-problem.ts';
import type { Slo } from '../core/slo.ts';
import { figureText } from '../core/slo-words.ts';
import type { Indicators } from './judge-slos.ts';
import { sloName, speaksOfDisturbances } from './judge-slos.ts';

export function sloProblems(
  scenario: Scenario,
  indicators: Indicators,
  faults: ReadonlyMap<string, Fault>,
): readonly Problem[] {
  const { slos = [] } = scenario;
  return slos.flatMap((slo, index) => {
    const where = (field: string): string => `${scenario.name}: slos[${index}].${field}`;
    const sameName = slos.slice(0, index).some((other) => sloName(other) === sloName(slo));
    const indicator = indicators.get(slo.indicator);
    return [
      ...(sameName
        ? [
            problem(
              `There is an SLO called "${sloName(slo)}" already.`,
              `Give it a name of its own: name: '${sloName(slo)}-2'.`,
              where('name'),
            ),
          ]
        : []),
      ...measuringProblems(slo, indicators, where),
      ...(indicator === undefined
        ? []
        : [
            ...objectiveProblems(slo, indicator, where('objective')),
            ...duringProblems(slo, indicator, scenario, faults, where('during')),
          ]),
    ];
  });
}

/** What keeps the SLOs of a run from being measured again: its record may be of another snowglobe, or was changed. */
export function unmeasurable({ name, slos = [] }: Scenario, indicators: Indicators): readonly Problem[] {
  return slos.flatMap((slo, index) =>
    measuringProblems(slo, indicators, (field) => `${name}: slos[${index}].${field}`),
  );
}

function measuringProblems(slo: Slo, indicators: Indicators, where: (field: string) => string): readonly Problem[] {
  const indicator = indicators.get(slo.indicator);
  if (indicator !== undefined) return optionProblems(slo, indicator, where('options'));
  return [
    problem(
      `There is no indicator called "${slo.indicator}".`,
      chooseAmong(slo.indicator, [...indicators.keys()], 'snowglobe list --indicators'),
      where('indicator'),
    ),
  ];
}

function optionProblems({ options }: Slo, indicator: Indicator, where: string): readonly Problem[] {
  const parsed = indicator.options.safeParse(options);
  if (parsed.success) return [];
  const names = Object.keys(z.toJSONSchema(indicator.options, { io: 'input' }).properties ?? {});
  return [
    problem(
      `The options of ${indicator.name} are wrong: ${shapeProblem(options, parsed.error, indicator.options)}.`,
      `It takes ${names.length === 0 ? 'none' : names.join(', ')}; \`snowglobe list --indicators\` says what each is.`,
      where,
    ),
  ];
}

function objectiveProblems({ objective }: Slo, { name, unit, better }: Indicator, where: string): readonly Problem[] {
  const right = better === 'less' ? 'atMost' : 'atLeast';
  const [kind] = Object.keys(objective);
  const bound = objective.atMost ?? objective.atLeast ?? NaN;
  if (kind !== right)
    return [
      problem(
        `${name} is better the ${better === 'less' ? 'smaller' : 'greater'} it is, and its objective says ${kind}.`,
        `Write objective: { ${right}: ${bound} }.`,
        where,
      ),
    ];
  if (unit === 'ratio' && (bound < 0 || bound > 1))
    return [
      problem(
        `${name} is a share from 0 to 1, and its objective is ${bound}, which is ${figureText(unit, bound)}.`,
        `Write it as a share, such as { ${right}: ${better === 'less' ? 0.01 : 0.99} }.`,
        where,
      ),
    ];
  if (bound < 0)
    return [problem(`${name} is never negative, and its objective is ${bound}.`, 'Write a bound of 0 or more.', where)];
  return [];
}

function duringProblems(
  slo: Slo,
  indicator: Indicator,
  { timetable }: Scenario,
  faults: ReadonlyMap<string, Fault>,
  where: string,
): readonly Problem[] {
  const { during } = slo;
  const disturbances = timetable.slots.flatMap((slot) => slot.disturbances);
  if (indicator.wholeRun === true && during !== 'whole')
    return [
      problem(
        `${indicator.name} is known of the run as a whole only.`,
        "Write during: 'whole', or leave it out.",
        where,
      ),
    ];
  if (typeof during === 'object') {
    const names = [...new Set(disturbances.map(({ name, fault }) => name ?? fault))];
    if (names.includes(during.disturbance)) return [];
    const remedy =
      names.length === 0 ? 'It has none: leave during out, or add one.' : chooseAmong(during.disturbance, names);
    return [problem(`The scenario has no disturbance called "${during.disturbance}".`, remedy, where)];
  }
  // A fault that nobody knows is told elsewhere.
  const needed =
    indicator.afterDisturbances === true ? disturbances.filter((one) => disturbs(one.fault, faults)) : disturbances;
  return speaksOfDisturbances(slo, indicator) && needed.length === 0
    ? [
        problem(
          `The SLO ${sloName(slo)} is about what disturbances do, and the scenario has none.`,
          'Add a disturbance to the timetable, or leave this SLO out.',
          where,
        ),
      ]
    : [];
}

function disturbs(fault: string, faults: ReadonlyMap<string, Fault>): boolean {
  return faults.get(fault)?.disturbs.length !== 0;
}
