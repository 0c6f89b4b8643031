/** `snowglobe list`: everything that can be named on the command line or in a scenario, with what each takes. */
import type { Claim } from '../core/claim.ts';
import type { Ability } from '../core/cluster.ts';
import { ABILITIES, ABILITY_NEEDS } from '../core/cluster.ts';
import {
  COORDINATOR_NAMES_OR_NONE,
  coordinatorKindOf,
  coordinatorWords,
  DEFAULT_COORDINATOR,
} from '../core/coordinator-kind.ts';
import type { Driver } from '../core/driver.ts';
import type { ExitCode } from '../core/errors.ts';
import { EXIT } from '../core/errors.ts';
import type { Fault } from '../core/fault.ts';
import type { Generator, Mutant } from '../core/generator.ts';
import type { Indicator } from '../core/indicator.ts';
import type { JsonObject } from '../core/json.ts';
import type { Scenario } from '../core/scenario.ts';
import { NAMED_LAYOUTS } from '../core/layout-names.ts';
import { layoutNames } from '../core/layout-spec.ts';
import { z } from '../core/schema.ts';
import { UNITS } from '../core/slo.ts';
import type { WayIn } from '../core/way-in.ts';
import {
  driversByRank,
  loadCheckers,
  loadClaims,
  loadFaults,
  loadGenerators,
  loadHazards,
  loadIndicators,
  loadScenarios,
  loadWaysIn,
} from '../registry.ts';
import { fitted } from '../telemetry/text.ts';
import type { OptionInWords } from './fault-options.ts';
import { optionsInWords } from './fault-options.ts';
import type { Kind } from './kinds.ts';
import { KINDS } from './kinds.ts';
import type { Output } from './output.ts';

/** Something that can be named; its further fields are for `--json`. */
interface Listed {
  readonly name: string;
  readonly summary: string;
  /** Before the summary, in the text. */
  readonly mark?: string;
  /** Lines below its own, for the text. */
  readonly details?: readonly string[];
}

const LISTS = {
  scenarios: async (): Promise<readonly Listed[]> => (await loadScenarios()).map(listedScenario),
  generators: async (): Promise<readonly Listed[]> => [
    ...(await loadGenerators()).map(listedGenerator),
    ...[...(await loadWaysIn()).values()].map(listedWayIn),
  ],
  faults: async (): Promise<readonly Listed[]> => {
    const drivers = await Promise.all((await driversByRank()).map(whatItCan));
    return [...(await loadFaults()).values()].map((fault) => listedFault(fault, drivers));
  },
  checkers: async (): Promise<readonly Listed[]> =>
    [...(await loadCheckers()).values()].map(({ judges, summary }) => ({ name: judges, summary })),
  hazards: async (): Promise<readonly Listed[]> =>
    [...(await loadHazards()).values()].map(({ name, summary }) => ({ name, summary })),
  indicators: async (): Promise<readonly Listed[]> => [...(await loadIndicators()).values()].map(listedIndicator),
  layouts: async (): Promise<readonly Listed[]> => layoutNames().map(listedLayout),
  drivers: async (): Promise<readonly Listed[]> =>
    (await driversByRank()).map(({ name, summary }) => ({ name, summary })),
  claims: async (): Promise<readonly Listed[]> => [...(await loadClaims()).values()].map(listedClaim),
} satisfies { readonly [Each in Kind]: () => Promise<readonly Listed[]> };

/** Lists these kinds, or all when none is given. */
export async function list(kinds: readonly Kind[], output: Output): Promise<ExitCode> {
  const chosen = kinds.length === 0 ? KINDS : kinds;
  const lists = await Promise.all(chosen.map(async (kind) => [kind, await LISTS[kind]()] as const));
  const document = Object.fromEntries(lists.map(([kind, items]) => [kind, items.map(forJson)]));
  const { columns } = output.stream;
  output.document(document, lists.map(([kind, items]) => text(kind, items, columns)).join('\n'));
  return EXIT.pass;
}

const forJson = ({ details: _details, mark: _mark, ...rest }: Listed): Omit<Listed, 'details' | 'mark'> => rest;

const DETAIL_INDENT = 6;

function text(kind: Kind, items: readonly Listed[], columns: number | undefined): string {
  const nameWidth = Math.max(...items.map(({ name }) => name.length));
  const lines = items.flatMap(({ name, summary, mark = '', details = [] }) => [
    ...fitted(`  ${name.padEnd(nameWidth)}  ${mark}${summary}`, columns, nameWidth + 4),
    ...details.flatMap((line) => fitted(`${' '.repeat(DETAIL_INDENT)}${line}`, columns, DETAIL_INDENT + 4)),
  ]);
  return `${kind}\n${lines.join('\n')}\n`;
}

function listedScenario({ name, question, generator, cluster }: Scenario): Listed {
  const coordinator = coordinatorKindOf(cluster);
  const listed = { name, summary: question, generator, coordinator };
  return { ...listed, details: [`runs ${generator} by default, with ${coordinatorWords(coordinator)}`] };
}

function listedClaim({ name, claim, parts }: Claim): Listed {
  return { name, summary: claim, details: parts.map(({ says }) => says) };
}

function listedGenerator({ name, summary, promises, coordinator = DEFAULT_COORDINATOR, mutant }: Generator): Listed {
  const guarantees = promises.map(({ guarantee }) => guarantee);
  const named = promises.map((promise) =>
    'scope' in promise ? `${promise.guarantee} (${promise.scope})` : promise.guarantee,
  );
  const listed = { name, summary, promises: guarantees, coordinator };
  return mutant === undefined
    ? {
        ...listed,
        details: [
          `promises: ${named.join(', ') || 'nothing'}`,
          `takes part in scenarios with: ${coordinator === 'none' ? 'any coordinator, or none' : coordinator}`,
        ],
      }
    : { ...listed, mark: 'mutant: ', ...{ mutant }, details: mutantLines(mutant) };
}

/** As `--layout` takes it. */
function listedLayout(name: string): Listed {
  const { spec, epoch } = NAMED_LAYOUTS[name]!;
  // With blanks at which a terminal may break it.
  const listed = { name, summary: spec.replaceAll(',', ', '), ...{ spec } };
  const ownEpoch = `give the epoch of your own: ${name}+2015-01-01T00:00:00Z`;
  return epoch === undefined ? listed : { ...listed, details: [ownEpoch] };
}

/** Whatever the user has, in place of a name. */
function listedWayIn({ prefix, summary, example, takes, several }: WayIn): Listed {
  const flags = takes.map((flag) => `--${flag}`);
  return {
    name: `${prefix}:`,
    summary,
    mark: 'way in: ',
    ...{ wayIn: { example, takes: flags } },
    details: [
      `example: ${example}`,
      `takes: ${flags.join(', ')}${several === true ? '; may be given several times' : ''}`,
    ],
  };
}

function mutantLines({ breaks, because, shownBy, needsNoDisturbance, real, simulated }: Mutant): readonly string[] {
  const quiet = needsNoDisturbance === true ? ['all of them'] : (needsNoDisturbance ?? []);
  return [
    `breaks: ${breaks.join(', ')}`,
    `because: ${[because].flat().join('; ')}`,
    `shown by: ${shownBy.join(', ')}`,
    ...(quiet.length === 0 ? [] : [`without disturbances too in: ${quiet.join(', ')}`]),
    ...(real === true ? ['real: needs real processes, docker or local; sim refuses it'] : []),
    ...(simulated === true ? ['simulated: real nodes never show it, or too seldom to be waited for'] : []),
  ];
}

interface Capable {
  readonly name: string;
  readonly abilities: ReadonlySet<Ability>;
}

/** What a driver can do on this machine: nothing, where it cannot be used. */
async function whatItCan(driver: Driver): Promise<Capable> {
  const { problems, abilities } = await driver.readiness();
  return { name: driver.name, abilities: problems.length === 0 ? abilities : new Set() };
}

function listedFault(
  { name, summary, needs, disturbs, coordinators, options, example }: Fault,
  drivers: readonly Capable[],
): Listed {
  const schema = z.toJSONSchema(options, { io: 'input' });
  const here = drivers.filter(({ abilities }) => needs.every((need) => abilities.has(need)));
  const names = here.map((driver) => driver.name);
  const kinds = coordinators ?? COORDINATOR_NAMES_OR_NONE;
  const inWords = optionsInWords(options);
  const rules = [...inWords.options.flatMap((option) => option.rules), ...inWords.rules];
  const listed = { name, summary, needs, coordinators: kinds, options: schema, rules, example, driversHere: names };
  return {
    ...listed,
    details: [
      ...inWords.options.map(optionLine),
      ...inWords.rules.map((rule) => `together: ${rule}`),
      ...(disturbs.includes('coordinator') || coordinators !== undefined ? [`coordinator: ${kinds.join(' or ')}`] : []),
      ...(needs.length === 0 ? ['needs: nothing'] : needs.map(needLine)),
      `here: ${names.join(', ') || 'no driver of this machine can do it'}`,
      `example: ${spaced(example)}`,
    ],
  };
}

function listedIndicator(indicator: Indicator): Listed {
  const { name, summary, unit, better, options, example, needsRealTime, afterDisturbances, wholeRun } = indicator;
  const inWords = optionsInWords(options);
  const rules = [...inWords.options.flatMap((option) => option.rules), ...inWords.rules];
  const schema = z.toJSONSchema(options, { io: 'input' });
  const listed = { name, summary, unit, better, options: schema, rules, example };
  return {
    ...listed,
    details: [
      `in ${UNITS[unit]}; its objective is ${better === 'less' ? 'atMost' : 'atLeast'}`,
      ...inWords.options.map(optionLine),
      ...(needsRealTime === true ? ['not judged in the simulator'] : []),
      ...(afterDisturbances === true ? ['not judged where nothing is disturbed'] : []),
      ...(wholeRun === true ? ['of the run as a whole only'] : []),
    ],
  };
}

function optionLine({ name, takes, rules, meaning }: OptionInWords): string {
  return `${name} (${[takes, ...rules].join('; ')}): ${meaning}`;
}

/** As JSON in one line, with blanks at which a terminal may break it. */
function spaced(options: JsonObject): string {
  return JSON.stringify(options, undefined, 1).replaceAll(/\n */g, ' ');
}

/** What a driver must be able to do, and what that takes where processes are real. */
function needLine(need: Ability): string {
  const more = ABILITY_NEEDS[need];
  return `needs: ${need} (${ABILITIES[need]})${more === undefined ? '' : `; on docker and local: ${more}`}`;
}
