/**
 * The command line: reads the arguments, calls one command, turns what comes out into an exit code. All wiring of parts
 * is in the commands beside it. Each is loaded when it is called: by then Node keeps what it compiles, which takes two
 * thirds off a start (0.9 s of CPU time to 0.3 s).
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache, findPackageJSON } from 'node:module';
import { parseArgs } from 'node:util';
import { endWith } from './cli/ending.ts';
import { KINDS } from './cli/kinds.ts';
import { createOutput } from './cli/output.ts';
import type { Output } from './cli/output.ts';
import type { ExitCode } from './core/errors.ts';
import { badInput, EXIT } from './core/errors.ts';
import { chooseAmong, nearestName } from './core/nearest-name.ts';

const HELP = `snowglobe - shakes a cluster of ID generators and tells the truth about its IDs

  snowglobe run [SCENARIO...]  run scenarios (default: storm), judge, report
  snowglobe judge RUN          judge what a run left, even a killed harness
  snowglobe plan FILE.json     capacity by year, from a growth table and from
                               what runs measured (HTML, Markdown, JSON)
  snowglobe report RUN         the report of a run anew, in any format
  snowglobe compare BASE RUN   what is better or worse: two runs, or folders of
                               repetitions of one
  snowglobe list               scenarios, generators (with mutants), faults,
                               checkers, hazards, indicators, drivers, claims
  snowglobe claims [NAME...]   judges the claims of the reference design
  snowglobe doctor             what this machine can do, how to get the rest
  snowglobe heal               sweep what dead runs left on this machine

Options
  --driver NAME      docker, local or sim (run; default: the best that is here;
                     claims; default: sim)
  --generator REF    a name, or the path of a file such as ./mine.ts (run)
  --seed N           repeats the choices of an earlier run (run)
  --matrix AXIS=A,B  every combination side by side: generator, pool, nodes,
                     load, seed, or an option such as ttl in seconds (run)
  --store URL        a ClickHouse server, not the embedded one (run, judge)
  --load CLIENT      k6 or built-in (run; default: k6 where it is here and can
                     call the nodes, which those of docker are for)
  --runs FOLDER      where runs are kept (run; default: runs)
  --without-disturbances
                     the same scenario on a quiet cluster (run)
  --slo own|targets|none
                     the scenario's own SLOs (the default), the reference
                     design's targets for a quiet run on an idle machine, or
                     none (run)
  --scenarios, --generators, --faults, --checkers, --hazards, --indicators,
  --drivers, --claims
                     only these: generators with the mutants among them, faults
                     and indicators with their options and units (list)
  --metrics-port N   Prometheus metrics on the loopback while a run lasts and
                     3 s longer; 0: any free port, which is told (run)
  --run RUN...       the runs that a plan stands on, in place of those of its
                     file (plan)
  --junit FILE       the verdicts as JUnit XML, for CI systems (run)
  --summary FILE     the verdicts as Markdown (run; default: appended to
                     $GITHUB_STEP_SUMMARY where that is set)
  --unknown MODE     what an unknown does: fail (exit 12, the default), warn
                     (exit 0 and a warning), retry=N (up to N times more, with
                     the same seed; a fail is never tried again) (run)
  --waivers FILE     known violations, YAML or JSON: they alone are no failure;
                     one that expired or that nothing needs is exit 2 (run)
  --format NAME      html, json, junit or markdown (report; default: html)
  --tolerance 10%    the difference that counts as none (compare)
  --run ID           heal this run even if its harness lives (heal)
  --out PATH         where it is written (report; compare: as Markdown; plan: a
                     folder, default: plans)
  --json             one JSON document on stdout, all else on stderr
  --help, -h
  --version, -v

Environment
  SNOWGLOBE_ETCD_PROGRAM=/path/to/etcd
                     another etcd than the one on the PATH (docker, local)
  SNOWGLOBE_K6=/path/to/k6, or image:NAME
                     another k6 than the one on the PATH, or as a container
  SNOWGLOBE_LOCAL_LINKS=tcp
                     local where a host forbids network namespaces: TCP links
                     on the loopback, no loss of packets, no PostgreSQL

Exit codes (compare: of what is worse; 12: nobody can tell)
  0 pass   10 a promised guarantee is broken   11 an SLO is missed
  12 unknown: nothing was proved   2 bad input, or a waiver that nothing needs
  3 the machine lacks something   130 interrupted, healed   1 snowglobe crashed
`;

const OPTIONS = {
  driver: { type: 'string' },
  generator: { type: 'string' },
  seed: { type: 'string' },
  store: { type: 'string' },
  load: { type: 'string' },
  matrix: { type: 'string', multiple: true },
  runs: { type: 'string' },
  run: { type: 'string', multiple: true },
  out: { type: 'string' },
  junit: { type: 'string' },
  summary: { type: 'string' },
  unknown: { type: 'string' },
  waivers: { type: 'string' },
  format: { type: 'string' },
  tolerance: { type: 'string' },
  'without-disturbances': { type: 'boolean' },
  slo: { type: 'string' },
  'metrics-port': { type: 'string' },
  scenarios: { type: 'boolean' },
  generators: { type: 'boolean' },
  faults: { type: 'boolean' },
  checkers: { type: 'boolean' },
  hazards: { type: 'boolean' },
  indicators: { type: 'boolean' },
  drivers: { type: 'boolean' },
  claims: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type OptionName = keyof typeof OPTIONS;

/** The options that each command takes, beside --json, --help and --version. */
const TAKES: { readonly [command: string]: readonly OptionName[] } = {
  run: [
    ...(['driver', 'generator', 'seed', 'store', 'runs', 'without-disturbances'] as const),
    ...(['slo', 'load', 'metrics-port'] as const),
    ...(['junit', 'summary', 'unknown', 'waivers', 'matrix'] as const),
  ],
  judge: ['store'],
  list: KINDS,
  claims: ['driver'],
  doctor: [],
  heal: ['run'],
  plan: ['run', 'out'],
  report: ['format', 'out'],
  compare: ['tolerance', 'out'],
};

export async function main(args: readonly string[]): Promise<ExitCode> {
  const output = createOutput(args.includes('--json'));
  try {
    return await dispatch(args, output);
  } catch (error) {
    return output.error(error);
  }
}

async function dispatch(args: readonly string[], output: Output): Promise<ExitCode> {
  const { command, rest, values } = parse(args);
  if (values.version === true) {
    const version = packageVersion();
    output.document({ version }, version);
    return EXIT.pass;
  }
  if (values.help === true || command === undefined) {
    output.text(HELP);
    return command === undefined && values.help !== true ? EXIT.badInput : EXIT.pass;
  }
  const takes = TAKES[command];
  if (takes === undefined)
    throw badInput(
      `There is no command "${command}".`,
      `${chooseAmong(command, Object.keys(TAKES))} See snowglobe --help.`,
    );
  for (const option of Object.keys(values) as OptionName[])
    if (option !== 'json' && option !== 'help' && !takes.includes(option))
      throw badInput(`snowglobe ${command} takes no --${option}.`, 'Leave it out; see snowglobe --help.');
  if (command === 'run') {
    const { run } = await import('./cli/run.ts');
    return run(
      {
        scenarios: rest.length === 0 ? ['storm'] : rest,
        driver: values.driver,
        generator: values.generator,
        seed: values.seed,
        store: values.store,
        load: values.load,
        runs: values.runs ?? 'runs',
        withoutDisturbances: values['without-disturbances'] ?? false,
        slo: values.slo,
        metricsPort: values['metrics-port'],
        junit: values.junit,
        summary: values.summary,
        unknown: values.unknown,
        waivers: values.waivers,
        matrix: values.matrix,
      },
      output,
    );
  }
  if (command === 'judge') {
    const folder = only(rest, 'judge', 'RUN, the folder of a run');
    const { judgeRun } = await import('./cli/judge.ts');
    return judgeRun(folder, values.store, output);
  }
  if (command === 'plan') {
    // A shell makes one `--run` and many paths of `--run runs/quiet/*`.
    const [first, ...more] = rest;
    const runs = values.run ?? [];
    const file = only(runs.length > 0 && first !== undefined ? [first] : rest, 'plan', 'FILE.json, what is planned');
    const { plan } = await import('./cli/plan.ts');
    return plan({ file, runs: runs.length > 0 ? [...runs, ...more] : [], out: values.out ?? 'plans' }, output);
  }
  if (command === 'report') {
    const run = only(rest, 'report', 'RUN, the folder of a run');
    const { report } = await import('./cli/report.ts');
    return report({ run, format: values.format ?? 'html', out: values.out }, output);
  }
  if (command === 'compare') {
    const [base, run, ...more] = rest;
    if (base === undefined || run === undefined)
      throw badInput(
        'snowglobe compare needs BASE and RUN, each the folder of a run or of several.',
        'Write: snowglobe compare BASE RUN.',
      );
    none(more, command);
    const { compareRuns } = await import('./cli/compare.ts');
    return compareRuns({ base, run, tolerance: values.tolerance, out: values.out }, output);
  }
  if (command === 'claims') {
    const { claims } = await import('./cli/claims.ts');
    return claims(rest, values.driver, output);
  }
  none(rest, command);
  if (command === 'list') {
    const { list } = await import('./cli/list.ts');
    return list(
      KINDS.filter((kind) => values[kind] === true),
      output,
    );
  }
  if (command === 'doctor') {
    const { doctor } = await import('./cli/doctor.ts');
    return doctor(output);
  }
  const { heal } = await import('./cli/heal.ts');
  return heal(values.run?.at(-1), output);
}

function parse(args: readonly string[]): {
  command: string | undefined;
  rest: string[];
  values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
} {
  try {
    const { values, positionals } = parseArgs({ args: withNumbers(args), options: OPTIONS, allowPositionals: true });
    const [command, ...rest] = positionals;
    return { command, rest, values };
  } catch (error) {
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
      ? badInput(optionProblem(error.message), optionRemedy(error.message))
      : error;
  }
}

function optionRemedy(message: string): string {
  const unknown = /^Unknown option '--([^']+)'/.exec(message)?.[1];
  if (unknown === 'mutants') return 'Mutants are in snowglobe list --generators.';
  const meant = unknown === undefined ? undefined : nearestName(unknown, Object.keys(OPTIONS));
  return meant === undefined ? 'See snowglobe --help.' : `Did you mean --${meant}? See snowglobe --help.`;
}

/** A negative number is the value of the option before it, and no option: what reads it says what is wrong with it. */
function withNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-\d/.test(arg) && before?.startsWith('--') === true && !before.includes('='))
      joined.splice(-1, 1, `${before}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

/** Node goes on with advice about dashes and positional arguments, which is of no use here. */
function optionProblem(message: string): string {
  const lacking = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument (?:missing|is ambiguous)/.exec(message)?.[1];
  if (lacking !== undefined) return `${lacking} needs a value, and none follows it.`;
  return `${(message.split('. ')[0] ?? '').replaceAll('\n', ' ').replace(/\.$/, '')}.`;
}

/** Of the package that this file belongs to: its root is another one in a checkout than where it is compiled. */
function packageVersion(): string {
  const file = findPackageJSON(import.meta.url) as string;
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

function only(rest: readonly string[], command: string, what: string): string {
  const [first, ...more] = rest;
  if (first === undefined)
    throw badInput(`snowglobe ${command} needs ${what}.`, `Write: snowglobe ${command} ${what.split(',')[0]}.`);
  none(more, command);
  return first;
}

function none(rest: readonly string[], command: string): void {
  if (rest.length > 0)
    throw badInput(`snowglobe ${command} does not know what to do with "${rest.join(' ')}".`, 'Leave it out.');
}

if (import.meta.main) {
  // Where NODE_COMPILE_CACHE says, or in the folder for temporary files; NODE_DISABLE_COMPILE_CACHE=1 does without.
  enableCompileCache();
  const args = process.argv.slice(2);
  endWith(args.includes('--json'), () => main(args));
}
