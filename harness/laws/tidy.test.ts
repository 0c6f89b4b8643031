/**
 * The rules of the tree, as a test: who may import whom, which library lives where, where time and chance may come from,
 * how long a file may be. Each rule is also in CONTRIBUTING.md, in words.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  driverNames,
  generatorFiles,
  loadCheckers,
  loadClaims,
  loadDriver,
  loadFaults,
  loadGenerator,
  loadHazards,
  loadIndicators,
  loadPlanReporters,
  loadRules,
  loadWaysIn,
} from '../registry.ts';
import { loadReporters, loadScenario, scenarioFiles } from '../registry.ts';

const ROOT = join(import.meta.dirname, '../..');
const LINES_MAX = 400;

/** Files that only tests use: they may reach wherever a test needs to. */
const FOR_TESTS =
  /\.(test|laws|fixture)\.ts$|-(for-tests?|fixture)\.ts$|^harness\/laws\/|^generators\/testing\/|^reports\/fixtures\//;

/** What each area may import, beside itself. The first area that a path begins with counts. */
const MAY_IMPORT: readonly (readonly [area: string, ...others: string[]])[] = [
  ['harness/core/'],
  ['harness/faults/', 'harness/core/'],
  ['harness/checkers/', 'harness/core/'],
  ['harness/hazards/', 'harness/core/'],
  ['harness/indicators/', 'harness/core/'],
  ['harness/ways-in/', 'harness/core/'],
  ['harness/load/', 'harness/core/'],
  ['harness/telemetry/', 'harness/core/'],
  ['harness/coordinators/', 'harness/core/'],
  ['harness/stores/', 'harness/core/'],
  ['harness/drivers/agent/', 'harness/core/', 'harness/coordinators/'],
  ['harness/drivers/sim/', 'harness/core/', 'harness/coordinators/'],
  ['harness/drivers/local/', 'harness/core/', 'harness/coordinators/', 'harness/drivers/agent/'],
  ['harness/drivers/docker/', 'harness/core/', 'harness/coordinators/', 'harness/drivers/agent/'],
  ['harness/drivers/remote/', 'harness/core/', 'harness/drivers/agent/'],
  ['harness/plan/', 'harness/core/'],
  ['harness/exact/', 'harness/core/'],
  ['harness/engine/', 'harness/core/', 'harness/load/', 'harness/registry.ts'],
  [
    'harness/audit/',
    'harness/core/',
    'harness/exact/segment.ts',
    'harness/stores/clickhouse/',
    'harness/engine/tap-reader.ts',
  ],
  ['harness/check-node/', 'harness/core/', 'harness/engine/tap-reader.ts', 'harness/drivers/agent/proc.ts'],
  [
    'harness/registry.ts',
    'harness/core/',
    'harness/check-node/rule.ts',
    'harness/loading.ts',
    'harness/module-problem.ts',
    'harness/plan/',
  ],
  ['harness/loading.ts', 'harness/core/'],
  ['harness/module-problem.ts', 'harness/core/'],
  ['harness/index.ts', 'harness/core/'],
  // Comparing is a report of several runs; a reporter has one.
  ['harness/cli/', 'harness/', 'reports/compare/', 'reports/audit/'],
  ['harness/', 'harness/'],
  // Runs in k6, where there is nothing but the script: types only.
  ['load/', 'harness/load/k6-plan.ts'],
  // Of plans; in the style of the reports of runs.
  ['reports/capacity/', 'reports/page/', 'reports/shared/', 'harness/core/', 'harness/plan/'],
  // Of audits; likewise.
  ['reports/audit/', 'reports/page/', 'reports/shared/', 'harness/core/', 'harness/audit/'],
  ['reports/', 'harness/core/'],
  ['scenarios/', 'harness/core/scenario.ts', 'harness/core/usual-slos.ts'],
  ['dashboards/', 'harness/core/', 'harness/stores/clickhouse/schema.ts'],
  ['claims/', 'harness/core/'],
  ['generators/shell/', 'harness/core/', 'harness/coordinators/'],
  // Types only of the harness (checked apart): a generator runs inside a node, where there is no harness.
  ['generators/', 'harness/core/'],
  ['tools/', 'harness/', 'dashboards/', 'generators/published/programs/', 'generators/recorder/', 'generators/shell/'],
];

/** The one place of each library. Node's own modules are free, but for generators. */
const LIBRARY_HOME: Readonly<Record<string, readonly string[]>> = {
  zod: ['harness/core/schema.ts'],
  testcontainers: ['harness/drivers/docker/'],
  '@clickhouse/client': ['harness/stores/clickhouse/'],
  chdb: ['harness/stores/clickhouse/'],
  postgres: ['harness/coordinators/'],
  'prom-client': ['harness/telemetry/', 'generators/shell/'],
  esbuild: ['tools/'],
  prettier: ['tools/'],
  k6: ['load/'],
  '@grafana/grafana-foundation-sdk': ['dashboards/'],
  yaml: ['dashboards/', 'harness/cli/', 'harness/plan/', 'tools/'],
  vitest: ['harness/vitest.ts'],
  'd3-array': ['reports/'],
  'd3-scale': ['reports/'],
  'd3-shape': ['reports/'],
};

/** Time comes from Time, chance from Rng, words from Output. These few files are where the real ones enter. */
const IMPURE: readonly { readonly what: RegExp; readonly allowed: RegExp }[] = [
  {
    what: /\bMath\.random\b/,
    allowed: /^generators\/shell\/env\.ts$|^harness\/drivers\/sim\/guard-globals\.ts$/,
  },
  {
    what: /\bDate\.now\b/,
    allowed:
      /^generators\/shell\/|^harness\/check-node\/clocks\.ts$|^harness\/drivers\/(docker|local|agent)\/|^harness\/drivers\/sim\/guard-globals\.ts$|^harness\/engine\/host-watch\.ts$|^harness\/init\/trial\.ts$|^harness\/load\/k6\.ts$|^load\/requests\.ts$/,
  },
  {
    what: /\bset(Timeout|Interval|Immediate)\b/,
    allowed:
      /^generators\/(shell|recorder)\/|^harness\/check-node\/clocks\.ts$|^harness\/init\/trial\.ts$|^harness\/(drivers|stores|coordinators)\/|^harness\/engine\/(host-watch|rejudge|watchdog)\.ts$|^harness\/(loading|telemetry\/(live-view|metrics-server))\.ts$/,
  },
  {
    what: /\bconsole\./,
    allowed:
      /^generators\/shell\/(env|main)\.ts$|^harness\/drivers\/(agent\/agent|local\/supervisor)\.ts$|^load\/requests\.ts$|^vitest\.config\.ts$/,
  },
];

const sources = globSync('{claims,harness,generators,load,scenarios,reports,dashboards,tools}/**/*.ts', { cwd: ROOT })
  .concat('vitest.config.ts')
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
const shipped = sources.filter(({ file }) => !FOR_TESTS.test(file));

interface Import {
  readonly file: string;
  /** A path from the root, or the name of a library. */
  readonly target: string;
  readonly isType: boolean;
}

function importsOf({ file, text }: { readonly file: string; readonly text: string }): readonly Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)';/gm);
  return [...statements].map(([, type, specifier = '']) => ({
    file,
    target: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
    isType: type !== undefined,
  }));
}

const sourceOf = (path: string): (typeof sources)[number] => sources.find(({ file }) => file === path)!;
const isPath = ({ target }: Import): boolean => target.endsWith('.ts');
const areaOf = (file: string): readonly string[] => MAY_IMPORT.find(([area]) => file.startsWith(area)) ?? [];
const told = ({ file, target }: Import): string => `${file} imports ${target}`;

/** A plug-in is a file at the top of its folder; what its folder shares lies below. */
const PLUG_IN =
  /^(harness\/(faults|checkers|hazards|indicators|check-node\/rules|ways-in)|claims|reports|reports\/capacity)\/[^/]+\.ts$/;

/** All that these files import, and what that imports in turn. What is loaded when it is called is not among it. */
function reachedFrom(
  roots: readonly string[],
  counts: (one: Import) => boolean = () => true,
): { readonly files: readonly string[]; readonly libraries: readonly string[] } {
  const files = new Set(roots);
  const libraries = new Set<string>();
  // A set goes on with what is added while it is walked.
  for (const file of files)
    for (const one of importsOf(sourceOf(file)).filter(counts)) (isPath(one) ? files : libraries).add(one.target);
  return { files: [...files], libraries: [...libraries].toSorted() };
}

test('each area imports only what it may', () => {
  const all = shipped.flatMap(importsOf).filter(isPath);
  expect(all.length).toBeGreaterThan(300);
  const strangers = all.filter(
    ({ file, target }) => file !== 'vitest.config.ts' && !areaOf(file).some((area) => target.startsWith(area)),
  );
  expect(strangers.map(told)).toEqual([]);
});

test('faults, checkers, hazards, indicators, ways in, claims and reporters never import one another', () => {
  const all = shipped.flatMap(importsOf);
  expect(all.filter(({ target }) => PLUG_IN.test(target)).map(told)).toEqual([]);
});

test('the engine takes only types from the load', () => {
  const taken = shipped.filter(({ file }) => file.startsWith('harness/engine/')).flatMap(importsOf);
  expect(taken.filter(({ target, isType }) => target.startsWith('harness/load/') && !isType).map(told)).toEqual([]);
});

test('the types of the package ask for no types of Node, nor for a newer JavaScript than its users compile for', () => {
  // Whatever a file imports, its types may show; `snowglobe()` itself loads its parts when it is called, unseen.
  const { files, libraries } = reachedFrom(['harness/index.ts', 'harness/vitest.ts']);
  expect(files).toContain('harness/core/run.ts');
  const strange = files.filter((file) =>
    /\b(Buffer|NodeJS|(Async)?Disposable(Stack)?|(asyncD|d)ispose)\b/.test(withoutComments(sourceOf(file).text)),
  );
  expect(strange).toEqual([]);
  // What is installed with the package, and what the user of its matchers has.
  expect(libraries).toEqual(['vitest', 'zod']);
});

test('the help loads no library, and a simulated run those alone that it cannot do without', () => {
  const loads = (roots: readonly string[]): readonly string[] =>
    reachedFrom(roots, ({ isType }) => !isType).libraries.filter((name) => !name.startsWith('node:'));
  expect(loads(['harness/main.ts'])).toEqual([]);
  const plugIns = shipped
    .map(({ file }) => file)
    .filter((file) => PLUG_IN.test(file) && !/^(claims|reports\/capacity)\//.test(file));
  // What checks scenarios, and what draws the report. What else there is waits until somebody asks for it.
  expect(loads(['harness/cli/run.ts', 'harness/library.ts', 'harness/drivers/sim/driver.ts', ...plugIns])).toEqual([
    ...['d3-array', 'd3-scale', 'd3-shape', 'zod'],
  ]);
});

test('a generator takes nothing but types from the harness, and no library', () => {
  const generators = shipped.filter(({ file }) => /^generators\/(mutants\/)?[^/]+\.ts$/.test(file));
  expect(generators.length).toBeGreaterThan(5);
  const values = generators
    .flatMap(importsOf)
    .filter(({ target, isType }) => !target.startsWith('generators/') && !isType);
  expect(values.map(told)).toEqual([]);
});

test('whoever imports the package loads the words of errors, and no more until a scenario is run', () => {
  const loaded = new Set(['harness/index.ts']);
  const values = shipped.flatMap(importsOf).filter(({ isType }) => !isType);
  // A set that grows while it is walked is walked to its end.
  for (const from of loaded) for (const { file, target } of values) if (file === from) loaded.add(target);
  expect([...loaded]).toEqual(['harness/index.ts', 'harness/core/errors.ts']);
});

test('the simulator loads nothing that reaches a network, a disk or another process', () => {
  const loaded = new Set(['harness/drivers/sim/driver.ts']);
  const imports = shipped.flatMap(importsOf).filter(({ isType }) => !isType);
  // A set that grows while it is walked is walked to its end.
  for (const from of loaded) for (const { file, target } of imports) if (file === from) loaded.add(target);
  expect(loaded.size).toBeGreaterThan(25);
  const outside = /^node:(child_process|cluster|dgram|dns|fs|http|https|http2|net|tls|worker_threads)\b/;
  expect([...loaded].filter((target) => outside.test(target))).toEqual([]);
});

test('each library has one home', () => {
  const libraries = shipped
    .flatMap(importsOf)
    .filter((found) => !isPath(found) && !found.target.startsWith('node:') && found.file !== 'vitest.config.ts');
  const nameOf = (target: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target;
  const astray = libraries.filter(
    ({ file, target }) => !LIBRARY_HOME[nameOf(target)]?.some((home) => file.startsWith(home)),
  );
  expect(astray.map(told)).toEqual([]);
});

describe('time, chance and printing enter in few places', () => {
  test.each(IMPURE)('$what', ({ what, allowed }) => {
    const found = shipped.filter(
      ({ file, text }) => !file.startsWith('tools/') && !allowed.test(file) && what.test(withoutComments(text)),
    );
    expect(found.map(({ file }) => file)).toEqual([]);
  });
});

test(`no file has more than ${LINES_MAX} lines of code`, () => {
  const long = sources
    .map(({ file, text }) => ({
      file,
      lines: withoutComments(text)
        .split('\n')
        .filter((line) => line.trim() !== '').length,
    }))
    .filter(({ lines }) => lines > LINES_MAX);
  expect(long).toEqual([]);
});

test('nothing is left over, and nothing names a place that only its author has', () => {
  const texts = globSync('{*.md,docs/**/*.md,bin/*,tools/*.sh,.ci/*,.oxlintrc.json}', { cwd: ROOT })
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))
    .concat(sources);
  // Put together here, so that this file does not find itself.
  const markers = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'];
  const places = [
    '/wo' + 'rk/',
    '.lib' + 'rary/',
    ...['design', 'research', 'recipes'].map((folder) => 'sha' + `red/${folder}`),
  ];
  const pattern = new RegExp(
    `\\b(${markers.join('|')})\\b|${places.map((place) => place.replace('.', '\\.')).join('|')}`,
  );
  expect(
    texts.flatMap(({ file, text }) => (pattern.test(text) ? [`${file}: ${pattern.exec(text)?.[0]}`] : [])),
  ).toEqual([]);
});

test('every plug-in is named as its file', async () => {
  // These throw when a name and its file differ.
  await Promise.all([
    loadFaults(),
    loadHazards(),
    loadIndicators(),
    loadReporters(),
    loadPlanReporters(),
    loadRules(),
    loadCheckers(),
    loadClaims(),
    loadWaysIn(),
  ]);
  for (const { name, file } of generatorFiles()) expect((await loadGenerator(file)).generator.name).toBe(name);
  for (const { name, file } of scenarioFiles()) expect((await loadScenario(file)).name).toBe(name);
  for (const name of driverNames()) expect((await loadDriver(name)).name).toBe(name);
});

test('the papers are there', () => {
  for (const paper of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'LICENSE',
    'docs/PROMISES.md',
  ])
    expect(existsSync(join(ROOT, paper)), paper).toBe(true);
  const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
  expect(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')).toContain(`## ${version}`);
});

/** The text with comments blanked out; strings that look like comments are rare enough here. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

test('the rules see what they are to see', () => {
  expect(
    importsOf({
      file: 'a/b.ts',
      text: "import type { X } from '../c.ts';\nimport {\n  y,\n} from 'zod';\nexport * from './d.ts';\n",
    }),
  ).toEqual([
    { file: 'a/b.ts', target: 'c.ts', isType: true },
    { file: 'a/b.ts', target: 'zod', isType: false },
    { file: 'a/b.ts', target: 'a/d.ts', isType: false },
  ]);
  expect(withoutComments('a /* Date.now */ b // Math.random\nc')).not.toMatch(/Date|Math/);
});
