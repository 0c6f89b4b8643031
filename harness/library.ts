/** Runs a scenario from a program, as `snowglobe run` does from the command line. Loaded when it is first called. */
import { prepare, preflight } from './cli/preflight.ts';
import type { Asked, Given, Ready } from './cli/preflight.ts';
import { repeatCommand, runFolder } from './cli/repeat-command.ts';
import { makeRunsFolder } from './cli/runs-folder.ts';
import type { Run } from './core/run.ts';
import type { ScenarioInput } from './core/scenario.ts';
import { runRequest } from './engine/run-request.ts';
import { runScenario } from './engine/run-scenario.ts';
import type { SnowglobeOptions } from './index.ts';
import { loadScenario, validateScenario } from './registry.ts';

const silently = (): void => undefined;

/** The run before: one at a time, because two clusters on one machine disturb each other's timing. */
let before: Promise<unknown> = Promise.resolve();

/** See `snowglobe` in index.ts. */
export function runFromProgram(scenario: ScenarioInput | string, options: SnowglobeOptions): Promise<Run> {
  const run = before.then(() => carryOut(scenario, options));
  before = run.catch(silently);
  return run;
}

async function carryOut(scenario: ScenarioInput | string, options: SnowglobeOptions): Promise<Run> {
  const { signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const asked: Asked = {
    driver: options.driver,
    generator: options.generator,
    seed: options.seed === undefined ? undefined : String(options.seed),
    store: options.store,
    withoutDisturbances: options.withoutDisturbances ?? false,
    slo: options.slo,
    load: options.load,
  };
  const ready = await preflight(asked, async () => [await given(scenario)], silently);
  const runsFolder = makeRunsFolder(options.runs ?? 'runs', 'Runs', 'runs');
  await prepare(ready.driver, silently, signal);
  const [item] = ready.items as readonly [Ready['items'][number]];
  return runScenario(
    runRequest({
      ...ready,
      ...item,
      command: commandOf(scenario, { ...asked, failFast: options.failFast ?? false }, ready),
      failFast: options.failFast ?? false,
      startLoad: ready.load.start,
      folder: (runId) => runFolder(runsFolder, item.scenario.name, runId),
      isKept: true,
      signal,
    }),
  );
}

async function given(scenario: ScenarioInput | string): Promise<Given> {
  if (typeof scenario === 'string') return { reference: scenario, scenario: await loadScenario(scenario) };
  const valid = validateScenario(scenario, 'the scenario');
  return { reference: valid.name, scenario: valid };
}

/** A scenario or a generator that is nowhere but in a program is repeated by that program. */
function commandOf(
  scenario: ScenarioInput | string,
  asked: Asked & Required<Pick<SnowglobeOptions, 'failFast'>>,
  { driver, seed, load: { client } }: Pick<Ready, 'driver' | 'seed' | 'load'>,
): string {
  const { generator } = asked;
  // Plain data has no words on a command line.
  if (typeof scenario === 'string' && (generator === undefined || typeof generator === 'string'))
    return repeatCommand(asked, scenario, driver, seed, client);
  const { store, withoutDisturbances, failFast, slo, load } = asked;
  const options = {
    driver: driver.name,
    seed,
    ...(generator !== undefined && { generator }),
    ...(store !== undefined && { store }),
    ...(withoutDisturbances && { withoutDisturbances }),
    ...(failFast && { failFast }),
    ...(slo !== undefined && { slo }),
    ...(load !== undefined && { load }),
  };
  const named =
    typeof scenario === 'string' ? JSON.stringify(scenario) : `${JSON.stringify(scenario.name)} (an object)`;
  return `await snowglobe(${named}, ${JSON.stringify(options)})`;
}
