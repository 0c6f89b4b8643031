/** `snowglobe list`: everything that can be named on the command line or in a scenario. */
import type { ExitCode } from '../core/errors.ts';
import { EXIT } from '../core/errors.ts';
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
import type { Output } from './output.ts';

interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly [detail: string]: unknown;
}

export async function list(output: Output): Promise<ExitCode> {
  const [faults, checkers, hazards, scenarios, generators, drivers] = await Promise.all([
    loadFaults(),
    loadCheckers(),
    loadHazards(),
    Promise.all(scenarioFiles().map(({ file }) => loadScenario(file))),
    Promise.all(generatorFiles().map(({ file }) => loadGenerator(file))),
    Promise.all(driverNames().map(loadDriver)),
  ]);
  const everything: { readonly [kind: string]: readonly Listed[] } = {
    scenarios: scenarios.map(({ name, question }) => ({ name, summary: question })),
    generators: generators.map(({ generator: { name, summary, promises, mutant } }) => ({
      name,
      summary,
      promises: promises.map(({ guarantee }) => guarantee),
      ...(mutant !== undefined && { mutant }),
    })),
    faults: [...faults.values()].map(({ name, summary, needs, options, example }) => ({
      name,
      summary,
      needs,
      options: z.toJSONSchema(options, { io: 'input' }),
      example,
    })),
    checkers: [...checkers.values()].map(({ judges, summary }) => ({ name: judges, summary })),
    hazards: [...hazards.values()].map(({ name, summary }) => ({ name, summary })),
    drivers: drivers.sort((a, b) => b.rank - a.rank).map(({ name, summary }) => ({ name, summary })),
  };
  output.document(everything, text(everything));
  return EXIT.pass;
}

function text(everything: { readonly [kind: string]: readonly Listed[] }): string {
  return Object.entries(everything)
    .map(([kind, items]) => {
      const width = Math.max(...items.map(({ name }) => name.length));
      const lines = items.flatMap((item) => [`  ${item.name.padEnd(width)}  ${item.summary}`, ...details(item, width)]);
      return `${kind}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

/** Options of a fault, with their units, below its line. */
function details({ options }: Listed, width: number): readonly string[] {
  const { properties = {} } = (options ?? {}) as {
    properties?: { [name: string]: { description?: string; type?: string } };
  };
  return Object.entries(properties).map(
    ([name, { description, type }]) =>
      `  ${''.padEnd(width)}    ${name}${type === undefined ? '' : ` (${type})`}: ${description ?? ''}`,
  );
}
