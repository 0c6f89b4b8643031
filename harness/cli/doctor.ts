/** `snowglobe doctor`: what this machine can do, and how to get the rest. */
import type { ExitCode } from '../core/errors.ts';
import { EXIT } from '../core/errors.ts';
import { driverNames, loadDriver } from '../registry.ts';
import { storeReadiness } from '../stores/clickhouse/readiness.ts';
import type { Output } from './output.ts';

export async function doctor(output: Output): Promise<ExitCode> {
  const drivers = await Promise.all(driverNames().map(loadDriver));
  const states = await Promise.all(
    drivers
      .sort((a, b) => b.rank - a.rank)
      .map(async (driver) => ({ name: driver.name, summary: driver.summary, ...(await driver.readiness()) })),
  );
  const store = await storeReadiness();
  const best = states.find(({ problems }) => problems.length === 0);
  const document = {
    node: process.version,
    drivers: states.map((state) => ({ ...state, abilities: [...state.abilities] })),
    store,
    best: best?.name ?? null,
  };
  const lines = [
    `Node ${process.version}`,
    ...states.flatMap(({ name, summary, problems, notes }) => [
      `${problems.length === 0 ? 'ready  ' : 'missing'}  driver ${name}: ${summary}`,
      ...problems.flatMap(({ what, remedy }) => [`           ${what}`, `             ${remedy}`]),
      ...notes.map((note) => `           ${note}`),
    ]),
    `${store.problems.length === 0 ? 'ready  ' : 'missing'}  embedded store: ${store.version ?? 'chdb'}`,
    ...store.problems.flatMap(({ what, remedy }) => [`           ${what}`, `             ${remedy}`]),
    best === undefined ? 'No driver is ready.' : `snowglobe run takes the driver ${best.name}.`,
  ];
  output.document(document, lines.join('\n'));
  return EXIT.pass;
}
