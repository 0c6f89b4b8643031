/**
 * The command line: reads the arguments, calls one command, turns what comes out into an exit code. The commands are in
 * `cli/commands.ts`, their options in `cli/options.ts`.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache, findPackageJSON } from 'node:module';
import { COMMANDS } from './cli/commands.ts';
import { endWith } from './cli/ending.ts';
import type { OptionName } from './cli/options.ts';
import { ownWords, readWords } from './cli/options.ts';
import { createOutput } from './cli/output.ts';
import type { Output } from './cli/output.ts';
import type { ExitCode } from './core/errors.ts';
import { badInput, EXIT } from './core/errors.ts';
import { chooseAmong } from './core/nearest-name.ts';

const HELP = `snowglobe - shakes a cluster of ID generators and tells the truth about its IDs

  snowglobe run [SCENARIO...]  run scenarios (default: storm), judge, report
  snowglobe init               writes a generator file and a scenario for what
                               is yours: asks six questions, or takes flags
  snowglobe judge RUN          judge what a run left, even a killed harness
  snowglobe audit FILES...     IDs that were emitted elsewhere: is each there
                               once, in which order, which are suspect; files,
                               folders, globs, - or --from (10: not unique)
  snowglobe plan FILE.json     capacity by year, from a growth table and from
                               what runs measured (HTML, Markdown, JSON)
  snowglobe report RUN         the report of a run anew, in any format
  snowglobe compare BASE RUN   what is better or worse: two runs, or folders of
                               repetitions of one
  snowglobe export RUN         all that a run left, for another checker: --to
                               parquet, jsonl or clickhouse://host/database
  snowglobe list               scenarios, generators (with mutants), faults,
                               checkers, hazards, indicators, layouts, drivers,
                               claims
  snowglobe claims [NAME...]   judges the claims of the reference design
  snowglobe check-node -- COMMAND...
                               whether a program in any language is a node as
                               generators/PROTOCOL.md says, rule by rule (10: a
                               rule is broken)
  snowglobe doctor             what this machine can do, how to get the rest
  snowglobe heal               sweep what dead runs left on this machine
  snowglobe prune              old runs go: told first, done with --yes

Options
  --driver NAME      docker, local, sim, or remote for nodes at http: URLs
                     (run; default: the best that is here; claims: sim)
  --generator REF    a name, the path of a file such as ./mine.ts, or a way in
                     for what is yours, with the flags below (run, init):
                     command:"./my-service --port {port}", image:NAME, http:URL
                     (once a node), npm:PACKAGE#name, module:./ids.mjs#name,
                     maelstrom:"./node", native:"./node"; list --generators
                     tells which flags go with each
  --seed N           repeats the choices of an earlier run (run)
  --matrix AXIS=A,B  every combination side by side: generator, pool, nodes,
                     load, seed, or an option such as ttl in seconds (run)
  --store URL        a ClickHouse server, not the embedded one (run, judge,
                     export, prune): http[s]://host:port[/database]
  --load CLIENT      k6 or built-in (run; default: k6 where it is here and can
                     call the nodes, which those of docker are for)
  --runs FOLDER      where runs are kept (run, prune; default: runs)
  --without-disturbances
                     the same scenario on a quiet cluster (run)
  --fail-fast        ends a run at the first violation of a promise that it
                     sees while it lasts; it is healed and judged (run;
                     sim, which takes a moment, always runs to its end)
  --slo own|targets|none
                     the scenario's own SLOs (the default), the reference
                     design's targets for a quiet run on an idle machine, or
                     none (run)
  --ask PATH         where it gives IDs; {count} stands for how many are asked
                     for (default: /, and as many as it gives) (run, init)
  --method METHOD    how it is asked (default: GET, POST with a body)
  --body TEXT        what is sent along; {count} and the like stand in it
  --header NAME:VALUE
                     once for each header
  --ids WHERE        where IDs are in an answer: auto (the default), text,
                     text:PATTERN, json:POINTER, bytes, bytes-le
  --form FORM        how an ID is written: decimal (the default), hex, uuid,
                     ulid, text (audit: not text; default: as the first is)
  --health PATH      answers 2xx once it serves (default: it accepts calls)
  --port N           where it listens, where it takes no {port}
  --env NAME=VALUE   once for each variable, such as WORKER_ID={worker}
  --layout NAME|SPEC the bits of an ID: twitter, uuidv7, …, or as in
                     time:41@1ms+2015-01-01,worker:10,sequence:12; see list
                     --layouts (default: unknown; what needs it is not judged)
                     (audit too)
  --promises LIST    unique,increasing-per-node,time-honest=1000 (past and
                     future, ms; or =1000/0), recovers=8000,
                     increasing-across-lives=node, … (default: unique,
                     fails-closed, faithful-encoding of decimal IDs,
                     well-formed where the layout is known)
  --lanes N          requests to one node that may be open at once
  --scenarios, --generators, --faults, --checkers, --hazards, --indicators,
  --layouts, --drivers, --claims
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
                     the same seed; never of a fail, nor on sim) (run)
  --waivers FILE     known violations, YAML or JSON: they alone are no failure;
                     one that expired or that nothing needs is exit 2 (run)
  --format NAME      html, json, junit or markdown (report; default: html);
                     auto, u64le, u128le, text, csv, jsonl, parquet or tap
                     (audit; default: auto, by name and content)
  --column NAME      where IDs are in CSV, JSONL, Parquet or a table; a number
                     where CSV has no header (audit; default: id)
  --node-column NAME who emitted it (audit; default: each file is one node)
  --from clickhouse://USER@HOST:8123/DB.TABLE
                     a table; its password in SNOWGLOBE_CLICKHOUSE_PASSWORD
                     (audit)
  --signed           negative IDs are those of a signed column (audit)
  --lenient          what is no ID is counted, not an error; the verdict is
                     unknown at best (audit)
  --report FILE      the report as one HTML page (audit)
  --suspects FILE    as CSV, every ID minted while two nodes held its worker ID
                     (audit)
  --tolerance 10%    the difference that counts as none (compare)
  --run ID           heal this run even if its harness lives (heal)
  --nodes N          how many nodes (init; default: 3)
  --rate N           IDs a second from each (init; default: 100)
  --yes              nothing is asked, on a terminal neither (init); what was
                     told is done (prune)
  --force            what is there is written over (init, export); what was not
                     judged goes, too (prune)
  --to FORM          parquet, jsonl or clickhouse://host[:port]/db (export)
  --older-than AGE   what is older goes: 90m, 12h, 30d, 8w (prune)
  --keep N           the newest N of each scenario stay (prune)
  --rule NAME        only this rule, or several (check-node)
  --id-bits 64|128   how long its IDs are (check-node; default: 64)
  --etcd URL         the coordinator that the node is told (check-node)
  --out PATH         where it is written (report; compare: as Markdown; plan: a
                     folder, default: plans; init: one, default: snowglobe;
                     export: one, default: in that of the run)
  --json             one JSON document on stdout, all else on stderr
  --help, -h
  --version, -v

Environment
  SNOWGLOBE_STORE_USER, SNOWGLOBE_STORE_PASSWORD
                     as whom --store is used (default: default, no password)
  SNOWGLOBE_STORE_PATIENCE=60
                     seconds for which a server that fails is tried again
  NODE_EXTRA_CA_CERTS=/path/to/ca.pem
                     who else vouches for servers at https: URLs
  SNOWGLOBE_ETCD_PROGRAM=/path/to/etcd
                     another etcd than the one on the PATH (docker, local)
  SNOWGLOBE_K6=/path/to/k6, or image:NAME
                     another k6 than the one on the PATH, or as a container
  SNOWGLOBE_LOCAL_LINKS=tcp
                     local where a host forbids network namespaces: TCP links
                     on the loopback, no loss of packets, no PostgreSQL

  SNOWGLOBE_CLICKHOUSE_PASSWORD
                     of the table that --from names (audit)
  TMPDIR             where audit keeps what it reads: 8 or 16 bytes an ID, but
                     for raw files and taps

Exit codes (compare: of what is worse; 12: nobody can tell)
  0 pass   10 a promised guarantee is broken   11 an SLO is missed
  12 unknown: nothing was proved (init: no ID came, or the layout is wrong)
  2 bad input, or a waiver that nothing needs
  3 the machine lacks something   130 interrupted, healed   1 snowglobe crashed
`;

export async function main(args: readonly string[]): Promise<ExitCode> {
  const output = createOutput(ownWords(args).includes('--json'));
  try {
    return await dispatch(args, output);
  } catch (error) {
    return output.error(error);
  }
}

async function dispatch(args: readonly string[], output: Output): Promise<ExitCode> {
  const { command: name, rest, values } = readWords(args);
  if (values.version === true) {
    const version = packageVersion();
    output.document({ version }, version);
    return EXIT.pass;
  }
  if (values.help === true || name === undefined || name === 'help') {
    output.text(HELP);
    return name === undefined && values.help !== true ? EXIT.badInput : EXIT.pass;
  }
  const command = COMMANDS.get(name);
  if (command === undefined)
    throw badInput(
      `There is no command "${name}".`,
      `${(await scenarioMeant(name)) ?? chooseAmong(name, [...COMMANDS.keys()])} See snowglobe --help.`,
    );
  for (const option of Object.keys(values) as OptionName[])
    if (option !== 'json' && option !== 'help' && !command.takes.includes(option))
      throw badInput(`snowglobe ${name} takes no --${option}.`, strayRemedy(option, command.takes));
  return command.carryOut(rest, values, output);
}

/** Who forgets `run` names the scenario in its place. Loaded here: only a mistake needs it. */
async function scenarioMeant(name: string): Promise<string | undefined> {
  const { scenarioFiles } = await import('./registry.ts');
  const isScenario = scenarioFiles().some((scenario) => scenario.name === name);
  return isScenario ? `It is a scenario: write snowglobe run ${name}.` : undefined;
}

function strayRemedy(option: OptionName, takes: readonly OptionName[]): string {
  // One letter away, the ending of a plural among them; other options of the command are no slip of it.
  const meant = takes.find((taken) => taken === `${option}s` || `${taken}s` === option);
  return `${meant === undefined ? 'Leave it out;' : `Did you mean --${meant}? Else leave it out;`} see snowglobe --help.`;
}

/** Of the package that this file belongs to: its root is another one in a checkout than where it is compiled. */
function packageVersion(): string {
  const file = findPackageJSON(import.meta.url) as string;
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

if (import.meta.main) {
  // Where NODE_COMPILE_CACHE says, or in the folder for temporary files; NODE_DISABLE_COMPILE_CACHE=1 does without.
  enableCompileCache();
  const args = process.argv.slice(2);
  endWith(ownWords(args).includes('--json'), () => main(args));
}
