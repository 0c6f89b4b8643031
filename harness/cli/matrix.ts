/** `snowglobe run --matrix`: writes the page that shows all combinations side by side, and tells of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ExitCode } from '../core/errors.ts';
import type { Axis, Matrix } from '../core/matrix.ts';
import type { Run } from '../core/run.ts';
import type { Scenario } from '../core/scenario.ts';
import { readJournal } from '../engine/journal.ts';
import { JOURNAL_FILE } from '../engine/record.ts';
import { newRunId } from '../engine/run-id.ts';
import { cellOf } from '../matrix/cells.ts';
import { matrixText } from '../matrix/text.ts';
import { loadMatrixReporter } from '../registry.ts';
import type { Combination } from '../matrix/plan.ts';
import type { Series } from './conclude.ts';
import type { Output } from './output.ts';
import type { Asked, Ready } from './preflight.ts';
import { repeatCommand } from './repeat-command.ts';
import { type UnknownMode, worstExit } from './unknown-mode.ts';

const REPORT = 'report.html';
const RECORD = 'matrix.json';

/** The arguments that run one combination of a matrix alone. */
export function argumentsOf<Arguments extends Asked>(args: Arguments, cell: Combination | undefined): Arguments {
  return cell === undefined
    ? args
    : { ...args, generator: cell.generatorReference ?? args.generator, matrix: cell.flags };
}

interface Planned extends Pick<Ready, 'items' | 'axes' | 'driver' | 'seed' | 'load'> {
  readonly args: Asked;
  readonly runsFolder: string;
  readonly unknown: UnknownMode;
}

/** Of a matrix: writes its page, of as much as was run. */
export async function endedMatrix(
  { args, axes, items, driver, seed, load, runsFolder, unknown }: Planned,
  { decisive, folders }: Series,
  output: Output,
): Promise<Matrix | undefined> {
  const [first] = items;
  if (axes === undefined || first === undefined || decisive.length === 0) return undefined;
  const seedOfAll = first.cell?.seed === undefined ? seed : undefined;
  return endMatrix(
    {
      ...first,
      axes,
      runsFolder,
      driver: driver.name,
      combinations: items.length,
      carriedOut: decisive.map((run, index) => ({
        run,
        folder: folders[index] as string,
        values: items[index]?.cell?.values ?? [],
      })),
      command: repeatCommand(args, first.reference, driver, seedOfAll, load.client),
      exitCode: worstExit(decisive, unknown),
    },
    output,
  );
}

/** A combination that was carried out. */
interface CarriedOut {
  readonly values: readonly string[];
  readonly run: Run;
  /** Absolute. */
  readonly folder: string;
}

interface MatrixEnd {
  readonly scenario: Scenario;
  readonly driver: string;
  readonly axes: readonly Axis[];
  /** How many there were to be. */
  readonly combinations: number;
  readonly carriedOut: readonly CarriedOut[];
  readonly runsFolder: string;
  readonly command: string;
  readonly exitCode: ExitCode;
}

/** Writes page and record beside the runs, shows the table, and returns the record. */
async function endMatrix(end: MatrixEnd, output: Output): Promise<Matrix> {
  const { scenario, runsFolder, carriedOut, axes, combinations, driver, command, exitCode } = end;
  const finishedAt = new Date().toISOString();
  const folder = join(
    runsFolder,
    scenario.name,
    `matrix-${finishedAt.slice(0, 19).replaceAll(':', '-')}-${newRunId()}`,
  );
  const matrix: Matrix = {
    version: 1,
    scenario: { name: scenario.name, question: scenario.question },
    driver,
    axes,
    cells: carriedOut.map(({ values, run, folder: of }) =>
      cellOf(values, run, readJournal(join(of, JOURNAL_FILE)).entries, join(relative(folder, of), REPORT)),
    ),
    combinations,
    exitCode,
    command,
    finishedAt,
  };
  const { file, content } = (await loadMatrixReporter()).render(matrix);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), content);
  writeFileSync(join(folder, RECORD), `${JSON.stringify(matrix, undefined, 2)}\n`);
  output.text(matrixText(matrix, { stream: output.stream, page: relative(process.cwd(), join(folder, file)) }));
  return matrix;
}
