/**
 * Runs published generators, unmodified, on real processes, and writes down what came out: FLEET.md, from docs/fleet.json.
 *
 *   npm run fleet                                   each generator through each of its scenarios, once
 *   npm run fleet -- --times 10                     ten times
 *   npm run fleet -- --only ksuid --only cosid      these; what is known of the others stays
 *   npm run fleet -- --scenario clock-back          of their scenarios this one
 *   npm run fleet -- --check                        judges, and writes nothing down
 *   npm run fleet -- --build                        downloads and builds only
 *   npm run fleet -- --page                         FLEET.md anew from docs/fleet.json
 *
 * Generators whose toolchain is not here are left out, and said so: exit 3. Exits with 1 where something came out
 * otherwise than their files say, and with 2 for wrong arguments.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { EXIT, messageOf } from '../harness/core/errors.ts';
import { loadScenario } from '../harness/registry.ts';
import { type Toolchain, TOOLCHAINS } from '../generators/published/programs/fleet.ts';
import { currentCommit } from './commit.ts';
import { readArguments } from './fleet/arguments.ts';
import { build } from './fleet/build.ts';
import { fleetMembers, type Member } from './fleet/members.ts';
import type { GeneratorRecord } from './fleet/outcome.ts';
import { fleetPage } from './fleet/page.ts';
import { inShort, isSurprise, runOnce } from './fleet/run-once.ts';
import { scheduleOf } from './fleet/schedule.ts';

const ROOT = join(import.meta.dirname, '..');
const RECORDS = join(ROOT, 'docs/fleet.json');
const PAGE = join(ROOT, 'FLEET.md');

const say = (line: string): void => void process.stderr.write(`fleet: ${line}\n`);

async function main(): Promise<number> {
  const all = await fleetMembers();
  const { times, wanted, scenarios, check, build: buildsOnly, page } = readArguments(process.argv.slice(2), all);
  if (page) return writePage(all, readRecords());
  const missing = buildAll(wanted);
  if (buildsOnly) return missing.size === 0 ? 0 : EXIT.environment;
  const commit = currentCommit();
  let surprises = 0;
  for (const member of wanted.filter(({ published }) => !missing.has(published.toolchain))) {
    const trials = member.published.trials.filter(({ scenario }) => scenarios?.includes(scenario) ?? true);
    for (const trial of trials) {
      const outcomes = Array.from({ length: times }, () => runOnce(member.generator.name, trial.scenario));
      surprises += outcomes.filter((outcome) => isSurprise(trial, outcome)).length;
      say(`${member.generator.name}, ${trial.scenario}: ${outcomes.map(inShort).join(', ')}`);
      if (!check) keep(member, commit, { scenario: trial.scenario, outcomes });
    }
  }
  if (!check) await writePage(all, readRecords());
  if (surprises > 0) return 1;
  return missing.size === 0 ? 0 : EXIT.environment;
}

/** What toolchains are missing. */
function buildAll(wanted: readonly Member[]): ReadonlyMap<Toolchain, string> {
  const missing = new Map<Toolchain, string>();
  for (const toolchain of TOOLCHAINS) {
    const these = wanted.filter(({ published }) => published.toolchain === toolchain);
    const why = these.length === 0 ? undefined : build(toolchain, say);
    if (why === undefined) continue;
    missing.set(toolchain, why);
    say(`left out: ${these.map(({ generator }) => generator.name).join(', ')}. ${why}.`);
  }
  return missing;
}

function keep({ generator: { name } }: Member, commit: string, trial: GeneratorRecord['trials'][number]): void {
  const records = readRecords();
  const before = records.find((record) => record.name === name)?.trials ?? [];
  const trials = [...before.filter(({ scenario }) => scenario !== trial.scenario), trial];
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown kind'}, Linux`;
  const all = [...records.filter((record) => record.name !== name), { name, commit, machine, trials }];
  const sorted = all.sort((a, b) => (a.name < b.name ? -1 : 1));
  writeFileSync(RECORDS, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

const readRecords = (): readonly GeneratorRecord[] =>
  existsSync(RECORDS) ? (JSON.parse(readFileSync(RECORDS, 'utf8')) as GeneratorRecord[]) : [];

async function writePage(all: readonly Member[], records: readonly GeneratorRecord[]): Promise<number> {
  const entries = all.flatMap((member) => {
    const record = records.find(({ name }) => name === member.generator.name);
    if (record === undefined) return [];
    // In the order of its file, and only what is still in it.
    const trials = member.published.trials.flatMap(
      (trial) => record.trials.find(({ scenario }) => scenario === trial.scenario) ?? [],
    );
    return [{ ...member, record: { ...record, trials } }];
  });
  const scenarios = globSync('scenarios/published/*.ts', { cwd: ROOT });
  const schedules = await Promise.all(
    scenarios.map(async (file) => [basename(file, '.ts'), scheduleOf(await loadScenario(join(ROOT, file)))] as const),
  );
  writeFileSync(PAGE, fleetPage(entries, new Map(schedules)));
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(messageOf(error));
  process.exitCode = error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1;
}
