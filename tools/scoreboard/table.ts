/** The scoreboard as Markdown. Pure. */
import type { Generator } from '../../harness/core/generator.ts';
import { counted } from '../../harness/core/phrases.ts';
import type { Scenario } from '../../harness/core/scenario.ts';
import type { Cell } from './cell.ts';
import { causesOf } from './cell.ts';

/** What `docs/scoreboard.json` holds. */
export interface Scoreboard {
  readonly commit: string;
  readonly date: string;
  /** How long it took, on how many cores. */
  readonly seconds: number;
  readonly cores: number;
  readonly cells: readonly Cell[];
  /** What it should show and does not. */
  readonly problems: readonly string[];
}

const BEGIN = '<!-- scoreboard: written by `npm run scoreboard` -->';
const END = '<!-- end of the scoreboard -->';

/** The document with its scoreboard replaced; throws where it has no place for one. */
export function withScoreboard(document: string, table: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`The document needs a line ${BEGIN} and, below it, one ${END}.`);
  return `${document.slice(0, from)}${BEGIN}\n\n${table}\n${document.slice(to)}`;
}

export function scoreboardText(
  board: Scoreboard,
  generators: readonly Generator[],
  scenarios: readonly Scenario[],
): string {
  const { cells, problems, commit, date, seconds, cores } = board;
  const honest = generators.filter(({ mutant }) => mutant === undefined);
  const mutants = generators.filter(({ mutant }) => mutant !== undefined);
  // Of a part of the board, most scenarios have nothing to show.
  const asked = scenarios.filter(({ name }) => cells.some(({ scenario }) => scenario === name));
  const runs = cells.reduce((total, cell) => total + cell.runs, 0);
  return [
    `${runs.toLocaleString('en')} simulated runs, ${Math.round(seconds / 60)} minutes on ${cores} cores, ${date}, commit ${commit}.`,
    '',
    ...tableOf(
      ['mutant', 'breaks', 'cause', 'caught by its scenarios', 'also failed'],
      mutants.map((generator) => mutantRow(generator, cells)),
    ),
    ...tableOf(
      ['honest generator', 'scenarios', 'runs', 'pass', 'unknown', 'fail'],
      honest.map(({ name }) => honestRow(name, cells)),
    ),
    ...tableOf(
      ['scenario', 'honest generator passes', 'fails', 'without disturbances'],
      asked.map((scenario) => scenarioRow(scenario, mutants, cells)),
    ),
    ...(problems.length === 0
      ? ['Nothing falls short.']
      : ['What falls short:', '', ...problems.map((problem) => `- ${problem}`)]),
    '',
  ].join('\n');
}

function mutantRow({ name, mutant }: Generator, cells: readonly Cell[]): readonly string[] {
  const { breaks, shownBy, real } = mutant!;
  const mine = cells.filter(({ generator, calm }) => generator === name && !calm);
  const own = mine.filter(({ scenario }) => shownBy.includes(scenario));
  const others = mine.filter(({ scenario, fail }) => !shownBy.includes(scenario) && fail > 0).length;
  return [
    `\`${name}\``,
    breaks.join(', '),
    causesOf(mutant!).join(', '),
    real === true
      ? 'on real drivers only, by `npm run torture -- real-mutants`'
      : own.map(({ scenario, caught, runs }) => `${scenario} ${caught}/${runs}`).join(', '),
    others === 0 ? '' : counted(others, 'other scenario'),
  ];
}

function honestRow(name: string, cells: readonly Cell[]): readonly string[] {
  const mine = cells.filter(({ generator }) => generator === name);
  const sum = (field: 'runs' | 'pass' | 'unknown' | 'fail'): string =>
    String(mine.reduce((total, cell) => total + cell[field], 0));
  return [`\`${name}\``, String(mine.length), sum('runs'), sum('pass'), sum('unknown'), sum('fail')];
}

/** The three proofs of one scenario. */
function scenarioRow(
  { name, generator }: Scenario,
  mutants: readonly Generator[],
  cells: readonly Cell[],
): readonly string[] {
  const mine = cells.filter(({ scenario }) => scenario === name);
  const honest = mine.find((cell) => cell.generator === generator && !cell.calm);
  const own = mutants.filter(({ mutant }) => mutant!.shownBy.includes(name)).map((one) => one.name);
  const failing = mine.filter(({ calm, fail }) => !calm && fail > 0).map((cell) => cell.generator);
  const shown = own.length > 0 ? own : failing.filter((one) => mutants.some((mutant) => mutant.name === one));
  const calm = mine.filter((cell) => cell.calm);
  return [
    name,
    honest === undefined ? '' : `\`${generator}\` ${honest.pass}/${honest.runs}`,
    shown.map((one) => `\`${one}\``).join(', '),
    calm.map((cell) => `\`${cell.generator}\` passes ${cell.pass}/${cell.runs}`).join(', '),
  ];
}

/** With the blank line after it; nothing where there is no row. */
function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [row(heads), row(heads.map(() => '---')), ...rows.map(row), ''];
}

const row = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
