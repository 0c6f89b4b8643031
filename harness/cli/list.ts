/** `snowglobe list`: everything that can be named on the command line or in a scenario, with what each takes. */
import type { Ability } from '../core/cluster.ts';
import { ABILITIES } from '../core/cluster.ts';
import { COORDINATOR_NAMES } from '../core/coordinator-kind.ts';
import type { Driver } from '../core/driver.ts';
import type { ExitCode } from '../core/errors.ts';
import { EXIT } from '../core/errors.ts';
import type { Fault } from '../core/fault.ts';
import { z } from '../core/schema.ts';
import {
  driverNames,
  generatorFiles,
  loadCheckers,
  loadDriver,
  loadFaults,
  loadGenerator,
  loadHazards,
  loadScenario,
  scenarioFiles,
} from '../registry.ts';
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
  scenarios: async (): Promise<readonly Listed[]> =>
    (await Promise.all(scenarioFiles().map(({ file }) => loadScenario(file)))).map(({ name, question, generator }) => ({
      name,
      summary: question,
      generator,
    })),
  generators: async (): Promise<readonly Listed[]> =>
    (await Promise.all(generatorFiles().map(({ file }) => loadGenerator(file)))).map(
      ({ generator: { name, summary, promises, mutant } }) => ({
        name,
        summary,
        ...(mutant !== undefined && { mark: 'mutant: ' }),
        promises: promises.map(({ guarantee }) => guarantee),
        ...(mutant !== undefined && { mutant }),
      }),
    ),
  faults: async (): Promise<readonly Listed[]> => {
    const drivers = await Promise.all((await driversByRank()).map(whatItCan));
    return [...(await loadFaults()).values()].map((fault) => listedFault(fault, drivers));
  },
  checkers: async (): Promise<readonly Listed[]> =>
    [...(await loadCheckers()).values()].map(({ judges, summary }) => ({ name: judges, summary })),
  hazards: async (): Promise<readonly Listed[]> =>
    [...(await loadHazards()).values()].map(({ name, summary }) => ({ name, summary })),
  drivers: async (): Promise<readonly Listed[]> =>
    (await driversByRank()).map(({ name, summary }) => ({ name, summary })),
} satisfies { readonly [Each in Kind]: () => Promise<readonly Listed[]> };

/** Lists these kinds, or all when none is given. */
export async function list(kinds: readonly Kind[], output: Output): Promise<ExitCode> {
  const chosen = kinds.length === 0 ? KINDS : kinds;
  const lists = await Promise.all(chosen.map(async (kind) => [kind, await LISTS[kind]()] as const));
  const document = Object.fromEntries(lists.map(([kind, items]) => [kind, items.map(forJson)]));
  output.document(document, lists.map(([kind, items]) => text(kind, items)).join('\n'));
  return EXIT.pass;
}

const forJson = ({ details: _details, mark: _mark, ...rest }: Listed): Omit<Listed, 'details' | 'mark'> => rest;

function text(kind: Kind, items: readonly Listed[]): string {
  const width = Math.max(...items.map(({ name }) => name.length));
  const lines = items.flatMap(({ name, summary, mark = '', details = [] }) => [
    `  ${name.padEnd(width)}  ${mark}${summary}`,
    ...details.map((line) => `  ${''.padEnd(width)}    ${line}`),
  ]);
  return `${kind}\n${lines.join('\n')}\n`;
}

async function driversByRank(): Promise<readonly Driver[]> {
  return (await Promise.all(driverNames().map(loadDriver))).sort((a, b) => b.rank - a.rank);
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
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as OptionsSchema;
  const here = drivers.filter(({ abilities }) => needs.every((need) => abilities.has(need)));
  const names = here.map((driver) => driver.name);
  const kinds = coordinators ?? COORDINATOR_NAMES;
  const listed = { name, summary, needs, coordinators: kinds, options: schema, example, driversHere: names };
  return {
    ...listed,
    details: [
      ...Object.entries(schema.properties ?? {}).map((option) => optionLine(option, schema.required ?? [])),
      ...(disturbs.includes('coordinator') || coordinators !== undefined ? [`coordinator: ${kinds.join(' or ')}`] : []),
      `needs: ${needs.map((need) => `${need} (${ABILITIES[need]})`).join(', ') || 'nothing'}`,
      `here: ${names.join(', ') || 'no driver of this machine can do it'}`,
      `example: ${JSON.stringify(example)}`,
    ],
  };
}

interface OptionsSchema {
  readonly properties?: { readonly [name: string]: OptionSchema };
  readonly required?: readonly string[];
}

interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

function optionLine(
  [name, { type, description, ...schema }]: [string, OptionSchema],
  required: readonly string[],
): string {
  const facts = [
    ...(type === undefined ? [] : [type].flat()),
    ...('default' in schema ? [`default ${JSON.stringify(schema.default)}`] : []),
    ...(required.includes(name) || 'default' in schema ? [] : ['optional']),
  ];
  return `${name}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}: ${description ?? ''}`;
}
