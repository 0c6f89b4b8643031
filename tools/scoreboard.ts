/**
 * The scoreboard: every mutant through its own scenarios and all others, every honest generator through every scenario,
 * in the simulator.
 *
 *   npm run scoreboard                      all of it; writes docs/scoreboard.json and the table in the README, and adds
 *                                           its honest generators to docs/FALSE-ALARMS.md
 *   npm run scoreboard -- --sample          what CI has time for; writes nothing
 *   npm run scoreboard -- NAME…             these generators or scenarios only; writes nothing
 *   npm run scoreboard -- --render          the README's table anew from docs/scoreboard.json
 *
 * Exits with 1 when something falls short, with 2 when an argument is wrong or a name stands for no run.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { SnowglobeError } from '../harness/core/errors.ts';
import { currentCommit } from './commit.ts';
import { addEvidence } from './false-alarms.ts';
import { evidenceOfScoreboard } from './false-alarms/evidence.ts';
import { readArguments } from './scoreboard/arguments.ts';
import type { Cell, Outcome, Place } from './scoreboard/cell.ts';
import { cellOf, isCaught } from './scoreboard/cell.ts';
import type { Entry } from './scoreboard/plan.ts';
import type { Field } from './scoreboard/field.ts';
import { fits, loadField } from './scoreboard/field.ts';
import { planOf, sampleOf, WHOLE } from './scoreboard/plan.ts';
import { carryOutAll } from './scoreboard/pool.ts';
import { boardProblems } from './scoreboard/problems.ts';
import type { Scoreboard } from './scoreboard/table.ts';
import { scoreboardText, withScoreboard } from './scoreboard/table.ts';

const FILE = 'docs/scoreboard.json';
const README = 'README.md';

async function main(args: readonly string[]): Promise<number> {
  const field = await loadField();
  const { render, sample: isSample, names } = readArguments(args, namesOf(field));
  if (render) {
    writeReadme(JSON.parse(readFileSync(FILE, 'utf8')) as Scoreboard, field);
    return 0;
  }
  const commit = currentCommit();
  const began = performance.now();
  const { generators: all, scenarios } = field;
  const plan = (isSample ? sampleOf(all, scenarios, fits) : planOf(all, scenarios, WHOLE, fits)).filter(
    ({ generator, scenario }) => names.length === 0 || names.includes(generator) || names.includes(scenario),
  );
  const idle = names.filter((name) => !plan.some(({ generator, scenario }) => name === generator || name === scenario));
  if (idle.length > 0) {
    process.stderr.write(`scoreboard: the simulator has no run for ${idle.join(', ')}.\n`);
    return 2;
  }
  const cells = await carryOut(plan, field);
  // Of a part, those that take part in it; of the whole, all: one that fits nowhere is not caught.
  const generators = field.generators.filter(
    ({ name }) => names.length === 0 || cells.some(({ generator }) => generator === name),
  );
  const planned = plan.map(({ seeds, shows, ...place }) => ({ ...place, runs: shows === undefined ? seeds : 1 }));
  const problems = boardProblems(field, names, planned, cells);
  const board: Scoreboard = {
    commit,
    date: new Date().toISOString().slice(0, 10),
    seconds: Math.round((performance.now() - began) / 1000),
    cores: availableParallelism(),
    cells,
    problems,
  };
  process.stdout.write(`${scoreboardText(board, generators, field.scenarios)}\n`);
  if (!isSample && names.length === 0) {
    writeFileSync(FILE, `${JSON.stringify(board, undefined, 1)}\n`);
    writeReadme(board, field);
    const isHonest = (name: string): boolean =>
      field.generators.some((generator) => generator.name === name && generator.mutant === undefined);
    addEvidence([evidenceOfScoreboard(board, isHonest)]);
  }
  return problems.length === 0 ? 0 : 1;
}

async function carryOut(plan: readonly Entry[], { generators }: Field): Promise<readonly Cell[]> {
  const outcomes = new Map<string, Outcome[]>(plan.map((place) => [keyOf(place), []]));
  const mutants = new Map(generators.map(({ name, mutant }) => [name, mutant]));
  let done = 0;
  const run = (entries: readonly Entry[], from: number, to: (entry: Entry) => number): Promise<void> => {
    const tasks = entries.flatMap((entry) => {
      const { seeds: _seeds, shows: _shows, ...place } = entry;
      return Array.from({ length: to(entry) - from }, (_, index) => ({ ...place, seed: String(from + index + 1) }));
    });
    return carryOutAll(tasks, (task, outcome) => {
      outcomes.get(keyOf(task))!.push(outcome);
      if (++done % 100 === 0) process.stderr.write(`${done} runs\n`);
    });
  };
  const isShown = ({ shows, ...place }: Entry): boolean => {
    const [first] = outcomes.get(keyOf(place))!;
    if (shows === 'pass') return first!.verdict === 'pass';
    return first!.verdict === 'fail' && isCaught(first!, mutants.get(place.generator)!);
  };
  await run(plan, 0, ({ seeds, shows }) => (shows === undefined ? seeds : 1));
  const open = plan.filter((entry) => entry.shows !== undefined && !isShown(entry));
  if (open.length > 0) await run(open, 1, ({ seeds }) => seeds);
  return plan.map((entry) => {
    const { seeds: _seeds, shows: _shows, ...place } = entry;
    const mine = outcomes.get(keyOf(place))!.sort((a, b) => Number(a.seed) - Number(b.seed));
    return cellOf(place, mine, mutants.get(place.generator));
  });
}

const namesOf = ({ generators, scenarios }: Field): readonly string[] =>
  [...generators, ...scenarios].map(({ name }) => name);

const keyOf = ({ generator, scenario, calm }: Place): string => `${generator} ${scenario} ${String(calm)}`;

function writeReadme(board: Scoreboard, { generators, scenarios }: Field): void {
  writeFileSync(README, withScoreboard(readFileSync(README, 'utf8'), scoreboardText(board, generators, scenarios)));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SnowglobeError)) throw error;
  process.stderr.write(`scoreboard: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
