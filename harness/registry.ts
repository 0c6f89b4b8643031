/**
 * Finds plug-ins by reading their folders, and loads generators and scenarios by name or by path.
 *
 * A plug-in is a file whose default export carries the file's name: nobody keeps a list.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Rule } from './check-node/rule.ts';
import type { Checker } from './core/checker.ts';
import type { Claim } from './core/claim.ts';
import type { Driver, GeneratorSource } from './core/driver.ts';
import { badInput, EXIT, messageOf, SnowglobeError } from './core/errors.ts';
import type { Fault } from './core/fault.ts';
import type { Generator, ShellGenerator } from './core/generator.ts';
import { generatorFileSchema, generatorSchema } from './core/generator-schema.ts';
import type { Hazard } from './core/hazard.ts';
import type { Indicator } from './core/indicator.ts';
import type { MatrixReporter } from './core/matrix.ts';
import { withPromisedEncoding } from './core/promised-encoding.ts';
import { parseLayout } from './core/layout-spec.ts';
import { chooseAmong } from './core/nearest-name.ts';
import type { Reporter } from './core/reporter.ts';
import type { Run } from './core/run.ts';
import type { Scenario } from './core/scenario.ts';
import { scenarioSchema } from './core/scenario.ts';
import { scopeOf } from './core/scope.ts';
import { shapeProblem } from './core/shape-problem.ts';
import { loading } from './loading.ts';
import { moduleProblem } from './module-problem.ts';
import type { WayIn } from './core/way-in.ts';
import type { PlanReporter } from './plan/plan-reporter.ts';

/** The package's root: sources in a checkout, `dist` when installed. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Plug-ins have the ending of this file: `.ts` in a checkout, `.js` when compiled. */
const ENDING = extname(fileURLToPath(import.meta.url));

export const loadFaults = async (): Promise<ReadonlyMap<string, Fault>> => loadFolder<Fault>('harness/faults', nameOf);
export const loadHazards = async (): Promise<ReadonlyMap<string, Hazard>> =>
  loadFolder<Hazard>('harness/hazards', nameOf);
export const loadIndicators = async (): Promise<ReadonlyMap<string, Indicator>> =>
  loadFolder<Indicator>('harness/indicators', nameOf);
export const loadReporters = async (): Promise<ReadonlyMap<string, Reporter>> =>
  loadFolder<Reporter>('reports', nameOf);
/** Those of capacity plans. */
export const loadPlanReporters = async (): Promise<ReadonlyMap<string, PlanReporter>> =>
  loadFolder<PlanReporter>('reports/capacity', nameOf);
export const loadCheckers = async (): Promise<ReadonlyMap<string, Checker>> =>
  loadFolder<Checker>('harness/checkers', (checker) => checker.judges);

/** What `--generator` takes beside names and paths, in the order of their files. */
export const loadWaysIn = async (): Promise<ReadonlyMap<string, WayIn>> =>
  loadFolder<WayIn>('harness/ways-in', ({ prefix }) => prefix);

/** What `snowglobe check-node` checks, rule by rule. */
export const loadRules = async (): Promise<ReadonlyMap<string, Rule>> =>
  loadFolder<Rule>('harness/check-node/rules', nameOf);

/** The page of `run --matrix`: one file, and no plug-in among others. */
export const loadMatrixReporter = async (): Promise<MatrixReporter> =>
  defaultExport<MatrixReporter>(join(ROOT, `reports/matrix/page${ENDING}`));

/** The claims of the reference design in their own order: C1 … C18, then F1 …. */
export async function loadClaims(): Promise<ReadonlyMap<string, Claim>> {
  const claims = await loadFolder<Claim>('claims', nameOf);
  const place = (name: string): number => Number(name.slice(1)) + (name.startsWith('F') ? 1000 : 0);
  return new Map([...claims].sort(([one], [other]) => place(one) - place(other)));
}

/** All that judges, disturbs and tells, as a run takes it. */
export async function loadParts(): Promise<Parts> {
  const [faults, hazards, indicators, checkers, reporters] = await Promise.all([
    loadFaults(),
    loadHazards(),
    loadIndicators(),
    loadCheckers(),
    loadReporters(),
  ]);
  return { faults, hazards, indicators, checkers, reporters };
}

export interface Parts {
  readonly faults: ReadonlyMap<string, Fault>;
  readonly hazards: ReadonlyMap<string, Hazard>;
  readonly indicators: ReadonlyMap<string, Indicator>;
  readonly checkers: ReadonlyMap<string, Checker>;
  readonly reporters: ReadonlyMap<string, Reporter>;
}

/** Drivers are folders: `harness/drivers/<name>/driver.ts`. */
export async function loadDriver(name: string): Promise<Driver> {
  const names = driverNames();
  if (!names.includes(name)) throw unknownName('driver', name, '--driver', chooseAmong(name, names));
  return defaultExport<Driver>(join(ROOT, 'harness/drivers', name, `driver${ENDING}`));
}

/** The most real one first. */
export async function driversByRank(): Promise<readonly Driver[]> {
  return (await Promise.all(driverNames().map(loadDriver))).sort((a, b) => b.rank - a.rank);
}

export function driverNames(): readonly string[] {
  const folder = join(ROOT, 'harness/drivers');
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, `driver${ENDING}`)));
}

export interface NamedFile {
  readonly name: string;
  readonly file: string;
}

export const generatorFiles = (): readonly NamedFile[] => [...filesOf('generators'), ...filesOf('generators/mutants')];
export const scenarioFiles = (): readonly NamedFile[] => filesOf('scenarios');

/** A generator by name, or by path to a file outside the repository. `where`: what named it. */
export async function loadGenerator(reference: string, where = '--generator'): Promise<GeneratorSource> {
  const file = locate('generator', reference, generatorFiles(), where);
  const generator = extname(file) === '.json' ? dataGenerator(file) : checked(await defaultExport<unknown>(file), file);
  return { generator: placedIn(dirname(file), generator), file };
}

/** A generator that is plain data and that no file holds: flags made it, or a program. Its paths are seen from here. */
export function madeHere(generator: Generator, where: string): Generator {
  if (generator.node?.kind === 'shell')
    throw badInput(
      `The node of the generator ${generator.name} is code, which its processes have to import.`,
      'Give the path of its file, such as ./mine.ts.',
      where,
    );
  return placedIn(process.cwd(), checked(generator, where));
}

function checked(loaded: unknown, where: string): Generator {
  const parsed = generatorSchema.safeParse(loaded);
  if (parsed.success) return loaded as Generator;
  throw badInput(
    `is not a generator: ${shapeProblem(loaded, parsed.error, generatorSchema)}.`,
    'Export an object with name, summary, promises, layout and node by default; see CONTRIBUTING.md, "Add a generator".',
    where,
  );
}

/** A JSON file: stricter than code, for nobody puts fields of their own into it. */
function dataGenerator(file: string): Generator {
  const loaded = readData(file);
  const parsed = generatorFileSchema.safeParse(loaded);
  if (!parsed.success)
    throw badInput(
      `is not a generator: ${shapeProblem(loaded, parsed.error, generatorFileSchema)}.`,
      'Mend these fields; docs/generator.schema.json has all that there are, and `snowglobe init` writes such a file.',
      file,
    );
  const { layout, ...data } = parsed.data;
  if (typeof layout !== 'string') return { ...data, layout };
  try {
    return { ...data, layout: parseLayout(layout) };
  } catch (error) {
    throw badInput(messageOf(error), 'See `snowglobe list --layouts` for those that have a name.', `${file}: layout`);
  }
}

/** Paths of a file are relative to the file. What is no code for the shell needs no coordinator, unless it says so. */
function placedIn(folder: string, generator: Generator): Generator {
  const { node } = generator;
  if (node.kind === 'shell') return generator;
  const placed = { coordinator: 'none', ...generator } as const;
  if (node.kind === 'module') {
    const isPath = /^\.{1,2}\//.test(node.module);
    const found = isPath ? { ...placed, node: { ...node, module: resolve(folder, node.module) } } : placed;
    return withPromisedEncoding(found);
  }
  return node.folder === undefined ? placed : { ...placed, node: { ...node, folder: resolve(folder, node.folder) } };
}

/** All generators and mutants of the project, in the order of their files; each is code for the shell. */
export async function loadGenerators(): Promise<readonly ShellGenerator[]> {
  const sources = await Promise.all(generatorFiles().map(({ file }) => loadGenerator(file)));
  return sources.map(({ generator }) => generator as ShellGenerator);
}

/** What a run's record keeps of its generator. */
export function describeGenerator({
  generator: { name, summary, promises, layout, node },
  file,
  from,
}: GeneratorSource): Run['generator'] {
  const ours = file === '' || generatorFiles().some((known) => known.file === file);
  return {
    name,
    ...(!ours && { file: asTyped(file) }),
    ...(from !== undefined && { from }),
    summary,
    promises,
    layout,
    evidence: scopeOf(node),
    ...(node.kind !== 'shell' && { node }),
  };
}

/** Below the working folder as one would type it, `./mine.ts`; elsewhere the whole path. */
function asTyped(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') || isAbsolute(path) ? file : `./${path}`;
}

/** A scenario by name, or by path to a TypeScript, JavaScript or JSON file; validated, defaults filled in. */
export async function loadScenario(reference: string): Promise<Scenario> {
  const file = locate('scenario', reference, scenarioFiles(), 'the scenario');
  return validateScenario(extname(file) === '.json' ? readData(file) : await defaultExport<unknown>(file), file);
}

/** All scenarios of the project, in the order of their names. */
export async function loadScenarios(): Promise<readonly Scenario[]> {
  return Promise.all(scenarioFiles().map(({ file }) => loadScenario(file)));
}

export function validateScenario(input: unknown, where: string): Scenario {
  const parsed = scenarioSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw badInput(
    `is not a scenario: ${shapeProblem(input, parsed.error, scenarioSchema)}.`,
    'Mend these fields; see docs/SCENARIOS.md.',
    where,
  );
}

/** The file that a reference is the path of; undefined where it is a name. */
export function fileOf(reference: string): string | undefined {
  const isPath = reference.includes('/') || /\.(ts|mts|js|mjs|json)$/.test(reference);
  return isPath ? resolve(reference) : undefined;
}

/** What files of each kind may hold. */
const KINDS_OF_FILES = {
  generator: { endings: ['.ts', '.mts', '.js', '.mjs', '.json'], called: 'TypeScript, JavaScript or JSON' },
  scenario: { endings: ['.ts', '.mts', '.js', '.mjs', '.json'], called: 'TypeScript, JavaScript or JSON' },
} as const;

function locate(
  kind: keyof typeof KINDS_OF_FILES,
  reference: string,
  known: readonly NamedFile[],
  where: string,
): string {
  const file = fileOf(reference);
  if (file === undefined) {
    const found = known.find(({ name }) => name === reference);
    if (found !== undefined) return found.file;
    const beside = fileBeside(reference);
    const names = known.map(({ name }) => name);
    const remedy =
      beside === undefined
        ? `${chooseAmong(reference, names, `snowglobe list --${kind}s`)} A file of your own is given by its path, such as ./mine.ts.`
        : `Give the path of your file: ./${beside}.`;
    throw unknownName(kind, reference, where, remedy);
  }
  const remedy = `Give the path of a ${kind} file.`;
  if (!existsSync(file)) throw badInput(`There is no file ${file}.`, remedy, where);
  if (statSync(file).isDirectory()) throw badInput('is a folder.', remedy, file);
  const { endings, called } = KINDS_OF_FILES[kind];
  if (!endings.some((ending) => ending === extname(file)))
    throw badInput(
      `cannot be loaded: a ${kind} is ${called}.`,
      `${remedy.slice(0, -1)} that ends in ${endings.join(', ')}.`,
      file,
    );
  return file;
}

/** Who gives the name of a file here without its ending means the file. */
function fileBeside(name: string): string | undefined {
  return ['.ts', '.mts', '.js', '.mjs', '.json'].map((ending) => `${name}${ending}`).find((file) => existsSync(file));
}

function unknownName(kind: string, name: string, where: string, remedy: string): Error {
  return badInput(`There is no ${kind} called "${name}".`, remedy, where);
}

function filesOf(folder: string): readonly NamedFile[] {
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith(ENDING) && !/\.(test|d)\.[a-z]+$|\.laws\.[a-z]+$/.test(file))
    .map((file) => ({ name: basename(file, ENDING), file: join(ROOT, folder, file) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function loadFolder<Plugin>(
  folder: string,
  name: (plugin: Plugin) => string,
): Promise<ReadonlyMap<string, Plugin>> {
  const loaded = await Promise.all(
    filesOf(folder).map(async (found) => [found.name, await defaultExport<Plugin>(found.file)] as const),
  );
  for (const [file, plugin] of loaded)
    if (name(plugin) !== file)
      throw new Error(`${folder}/${file}${ENDING} calls itself "${name(plugin)}": a plug-in is named as its file`);
  return new Map(loaded);
}

function nameOf(plugin: { readonly name: string }): string {
  return plugin.name;
}

async function defaultExport<Value>(file: string): Promise<Value> {
  let module: { readonly default?: Value };
  try {
    module = await loading(file, () => import(pathToFileURL(file).href) as Promise<{ readonly default?: Value }>);
  } catch (error) {
    throw error instanceof SnowglobeError ? error : new SnowglobeError(EXIT.badInput, [moduleProblem(file, error)]);
  }
  if (module.default === undefined)
    throw badInput('has no default export.', 'Export the object by default: `export default { … }`.', file);
  return module.default;
}

/** What is in a JSON file, without what only an editor reads: the name of its schema. */
function readData(file: string): unknown {
  const value = readJson(file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { $schema: _, ...data } = value as { readonly $schema?: unknown };
  return data;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw badInput(`is not JSON: ${messageOf(error)}.`, 'Mend the file.', file);
  }
}
