/** `snowglobe doctor`: what this machine can do, and how to get the rest. */
import type { Ability } from '../core/cluster.ts';
import { ABILITIES, ABILITY_NEEDS } from '../core/cluster.ts';
import type { Readiness } from '../core/driver.ts';
import type { ExitCode } from '../core/errors.ts';
import { EXIT } from '../core/errors.ts';
import { findK6 } from '../load/k6-program.ts';
import { driverNames, loadDriver } from '../registry.ts';
import { storeReadiness } from '../stores/clickhouse/readiness.ts';
import { fitted } from '../telemetry/text.ts';
import type { Output } from './output.ts';

export async function doctor(output: Output): Promise<ExitCode> {
  const drivers = await Promise.all(driverNames().map(loadDriver));
  const states = await Promise.all(
    drivers
      .sort((a, b) => b.rank - a.rank)
      .map(async (driver) => ({ name: driver.name, summary: driver.summary, ...(await driver.readiness()) })),
  );
  const store = await storeReadiness();
  const k6 = findK6();
  const best = states.find(({ problems }) => problems.length === 0);
  const document = {
    node: process.version,
    drivers: states.map(({ lacksCoordinators, ...state }) => ({
      ...state,
      abilities: [...state.abilities],
      lacksCoordinators: Object.fromEntries(lacksCoordinators ?? []),
    })),
    store,
    k6: 'missing' in k6 ? { problems: [k6.missing] } : { version: k6.version, where: k6.where, problems: [] },
    best: best?.name ?? null,
  };
  const lines = [
    `Node ${process.version}`,
    ...states.flatMap(({ name, summary, problems, notes, lacksCoordinators = [] }) => [
      `${problems.length === 0 ? 'ready  ' : 'missing'}  driver ${name}: ${summary}`,
      ...problems.flatMap(({ what, remedy }) => [`           ${what}`, `             ${remedy}`]),
      ...notes.map((note) => `           ${note}`),
      ...[...lacksCoordinators].flatMap(([kind, { what, remedy }]) => [
        `           no scenario with ${kind}: ${what}`,
        `             ${remedy}`,
      ]),
    ]),
    `${store.problems.length === 0 ? 'ready  ' : 'missing'}  embedded store: ${store.version ?? 'chdb'}`,
    ...store.problems.flatMap(({ what, remedy }) => [`           ${what}`, `             ${remedy}`]),
    ...('missing' in k6
      ? [
          `missing  k6: the built-in client asks for IDs in its place. ${k6.missing.what}`,
          `           ${k6.missing.remedy}`,
        ]
      : [`ready    load by ${k6.version}: ${k6.where}`]),
    'what faults need, and the drivers that can do it here (snowglobe list --faults)',
    ...(Object.keys(ABILITIES) as Ability[]).flatMap((ability) => abilityLines(ability, states)),
    best === undefined ? 'No driver is ready.' : `snowglobe run takes the driver ${best.name}.`,
  ];
  const { columns } = output.stream;
  output.document(document, lines.flatMap((line) => fitted(line, columns, FURTHER_INDENT)).join('\n'));
  return EXIT.pass;
}

/** Of what does not fit into a line of the terminal. */
const FURTHER_INDENT = 15;

type State = Pick<Readiness, 'problems' | 'abilities'> & { readonly name: string };

const ABILITY_WIDTH = Math.max(...Object.keys(ABILITIES).map(({ length }) => length));

/** Which drivers can do it here and, where one that is ready cannot, what a real one would take for it. */
function abilityLines(ability: Ability, states: readonly State[]): readonly string[] {
  const ready = states.filter(({ problems }) => problems.length === 0);
  const able = ready.filter(({ abilities }) => abilities.has(ability)).map(({ name }) => name);
  const takes = able.length < ready.length ? ABILITY_NEEDS[ability] : undefined;
  return [
    `           ${ability.padEnd(ABILITY_WIDTH)}  ${able.join(', ') || 'none'}`,
    ...(takes === undefined ? [] : [`             on docker and local it takes ${takes}`]),
  ];
}
